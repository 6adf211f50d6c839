package dev.promptpo.environment;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * One line of the list of environments.
 *
 * @param id what {@link Environments#spec(String)} takes
 * @param gymnasiumId what Gymnasium calls it
 * @param family the family it belongs to
 * @param title one line for a person
 * @param horizon the largest number of steps in an episode
 * @param observationSize length of the observation frame
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record EnvironmentEntry(
        String id,
        @JsonProperty("gymnasium_id") String gymnasiumId,
        String family,
        String title,
        int horizon,
        @JsonProperty("observation_size") int observationSize) {}
