/** What a cell can do with {@code %name} and {@code %%name} besides Java. */
package dev.promptpo.kernel.magic;
