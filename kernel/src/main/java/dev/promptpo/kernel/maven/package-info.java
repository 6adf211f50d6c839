/** Libraries from Maven repositories, through Maven's own resolver. */
package dev.promptpo.kernel.maven;
