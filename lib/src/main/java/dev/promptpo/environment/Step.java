package dev.promptpo.environment;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What one step of an environment gave.
 *
 * @param observation the frame: the observation vector followed by the extra fields
 * @param terminated whether the task itself ended
 * @param truncated whether the horizon was reached
 * @param info whatever else the environment says
 */
public record Step(
        double[] observation, double reward, boolean terminated, boolean truncated, JsonNode info) {

    /** Whether the episode is over. */
    public boolean done() {
        return terminated || truncated;
    }
}
