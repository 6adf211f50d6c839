package dev.promptpo.optimizer;

import dev.promptpo.rollout.RolloutResult;

/**
 * One try at a candidate: the first reply, or a repair.
 *
 * @param role of the request, for example {@code policy/2/3} or {@code repair/2/3/1}
 * @param reply the model's reply; empty where there was none
 * @param source the code found in it; empty where there was none
 * @param result what came of rolling it out; {@code NO_CODE} where there was no code
 */
public record Attempt(String role, String reply, String source, RolloutResult result) {}
