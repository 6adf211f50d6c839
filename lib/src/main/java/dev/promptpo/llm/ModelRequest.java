package dev.promptpo.llm;

import dev.promptpo.prompt.Prompt;

/**
 * One question.
 *
 * @param role its place in the run: {@code feedback}, {@code repair/feedback/1}, {@code policy/2/3}
 *     (round 2, candidate 3, both from 1), {@code repair/2/3/1}, {@code reflection/2}
 */
public record ModelRequest(String role, Prompt prompt, ModelSettings settings) {}
