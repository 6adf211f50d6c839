/**
 * Asks a language model, or what stands in for one.
 *
 * <p>{@link dev.promptpo.llm.Models} names a {@link dev.promptpo.llm.ModelSource}; a run opens it
 * once, with its {@link dev.promptpo.llm.RunContext}, and gets a {@link
 * dev.promptpo.llm.LanguageModel}: a provider with retries and a shared brake around it, a
 * recording, or a folder in which someone answers. Whatever goes wrong between a question and its
 * answer is a {@link dev.promptpo.llm.ModelReply}, never an exception.
 */
package dev.promptpo.llm;
