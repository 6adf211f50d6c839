/**
 * A Jupyter kernel for Java: cells go through JShell, in the kernel's own virtual machine.
 *
 * <p>In the order that a cell travels: {@link dev.promptpo.kernel.Main} opens the {@link
 * dev.promptpo.kernel.Connection}; {@link dev.promptpo.kernel.JavaKernel} answers the protocol's
 * requests; {@link dev.promptpo.kernel.CellThread} evaluates one cell at a time; {@link
 * dev.promptpo.kernel.Session} turns it into JShell snippets ({@link dev.promptpo.kernel.Unit}) and
 * those into an {@link dev.promptpo.kernel.Outcome}, executed by {@link
 * dev.promptpo.kernel.SnippetControl} on a {@link dev.promptpo.kernel.UserThread}; {@link
 * dev.promptpo.kernel.ErrorReport} words what went wrong. {@link dev.promptpo.kernel.Notebook} is
 * what a cell can call.
 */
package dev.promptpo.kernel;
