/**
 * Films: an episode of a policy, gone through again and drawn.
 *
 * <p>A policy is rolled out by the rollout engine, in its sandbox; what it did is gone through
 * again in a process that draws ({@code envs/promptpo_render}), the only one that loads GL.
 */
package dev.promptpo.film;
