/** The batch way: picocli commands over the same code as the notebook. */
package dev.promptpo.cli;
