/**
 * CPython inside this JVM, through Jep: the only package that knows Jep.
 *
 * <p>Every use of Python is a task on a {@link dev.promptpo.python.PythonThread}: a thread that
 * owns one interpreter for as long as the JVM lives. Interpreters of different threads share
 * modules and the global lock; their objects never leave the thread that made them.
 */
package dev.promptpo.python;
