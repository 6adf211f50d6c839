/**
 * Runs generated Python, isolated, and brings typed results back.
 *
 * <p>Java schedules: the queue, retries, cancellation. A pool of Python processes does the work
 * ({@code promptpo_rollout}); its client lives in this JVM's Python and only sends and polls.
 */
package dev.promptpo.rollout;
