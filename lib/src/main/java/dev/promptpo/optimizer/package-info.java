/**
 * PromptPO (arXiv 2605.30719): a language model writes policies, rollouts score them, the best of
 * each round enters the next prompt.
 *
 * <p>{@link dev.promptpo.optimizer.PromptPO} plans a run, {@link dev.promptpo.optimizer.Run} is
 * one. A round is a deterministic procedure whose effects (a reply, a rollout) are looked up in the
 * run's ledger before they are paid for, so a run that was cut off is continued by calling the same
 * procedure again; what a run knows ({@link dev.promptpo.optimizer.RunState}) is only ever derived
 * from its events.
 */
package dev.promptpo.optimizer;
