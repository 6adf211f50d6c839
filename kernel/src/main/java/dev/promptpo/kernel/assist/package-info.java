/** What helps with a cell that is being written, besides what JShell knows of it. */
package dev.promptpo.kernel.assist;
