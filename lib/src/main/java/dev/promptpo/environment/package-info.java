/**
 * What a task is: specifications, environments to step by hand, episode seeds.
 *
 * <p>The environments are Python ({@code promptpo_envs}); this package reads what they say of
 * themselves and lends a handle to touch them. Rollouts of policies are elsewhere: {@link
 * dev.promptpo.rollout}.
 */
package dev.promptpo.environment;
