/** How values of the JDK's types are shown where nobody has said otherwise. */
package dev.promptpo.kernel.display;
