package dev.promptpo.environment;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a task is: the single source of prompts, observation objects, tables and documentation.
 *
 * <p>The document is written by {@code promptpo_envs.specification(id, preset)} in Python; this
 * record is its reading. Unknown keys are ignored, so that an older library reads a newer document
 * of the same schema.
 *
 * @param schema version of the document's form, 1
 * @param id the name a user writes, for example {@code NoiseWorld1}
 * @param gymnasiumId the name registered with Gymnasium, for example {@code
 *     promptpo/NoiseWorld1-v0}
 * @param family the family it belongs to, for example {@code noise_world}
 * @param title one line for a person
 * @param preset {@code paper} or {@code release}: every choice in which the study's text and its
 *     public code differ
 * @param policyClass the class name asked of the model
 * @param horizon the largest number of steps in an episode
 * @param discount 1: returns are undiscounted sums
 * @param lifetime how long one policy object lives
 * @param score what ranks candidates: {@code return} or {@code success}
 * @param observation the fields of an observation, extras last
 * @param observationSize length of the frame: the observation vector followed by the extra fields
 * @param vectorSize length of the observation vector alone
 * @param action the action space
 * @param reward the reward, as text and as Python where it can be
 * @param termination what ends an episode
 * @param context what the prompts say of the task
 * @param privileged whether the policy sees more than the Gymnasium observation
 * @param budget the study's settings for this task
 * @param limits what a policy's author is told it may use
 * @param references returns of the random policy and of the best known one
 * @param board the board of a NoiseWorld, for pictures only: it never enters a prompt
 * @param code digest of the files of an environment that a user registered; empty for others
 * @param digest SHA-256 of the document without this key
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record EnvironmentSpec(
        int schema,
        String id,
        @JsonProperty("gymnasium_id") String gymnasiumId,
        String family,
        String title,
        String preset,
        @JsonProperty("policy_class") String policyClass,
        int horizon,
        double discount,
        Lifetime lifetime,
        Score score,
        List<ObservationField> observation,
        @JsonProperty("observation_size") int observationSize,
        @JsonProperty("vector_size") int vectorSize,
        ActionSpace action,
        Reward reward,
        String termination,
        Context context,
        boolean privileged,
        Budget budget,
        Limits limits,
        References references,
        Optional<JsonNode> board,
        @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> code,
        String digest) {

    private static final int SCHEMA = 1;

    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .addModule(new Jdk8Module())
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .build();

    public EnvironmentSpec {
        for (Object needed : Arrays.asList(id, preset, action, context, budget, references)) {
            Objects.requireNonNull(
                    needed,
                    "a specification needs id, preset, action, context, budget and references");
        }
        observation = List.copyOf(observation);
        board = board == null ? Optional.empty() : board.filter(node -> !node.isNull());
        code = code == null ? Optional.empty() : code;
    }

    /**
     * Reads the document.
     *
     * @throws IllegalArgumentException when it is no specification of a schema that is known here
     */
    public static EnvironmentSpec fromJson(String json) {
        try {
            EnvironmentSpec spec = JSON.readValue(json, EnvironmentSpec.class);
            if (spec.schema != SCHEMA) {
                throw new IllegalArgumentException(
                        "expected a specification of schema "
                                + SCHEMA
                                + ", got "
                                + spec.schema
                                + ": the Python packages and this library are of different"
                                + " versions; run ./promptpo setup");
            }
            return spec;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "not a specification document: " + e.getOriginalMessage(), e);
        }
    }

    /**
     * What a number measured on it is stamped with, for a person: preset, lifetime of a policy
     * object, and whether policies see more than the Gymnasium observation.
     */
    public List<String> terms() {
        List<String> terms = new ArrayList<>();
        terms.add("preset " + preset);
        terms.add(
                switch (lifetime) {
                    case EPISODE -> "one policy object an episode";
                    case CANDIDATE -> "one policy object for all episodes";
                });
        if (privileged) {
            terms.add("privileged observation");
        }
        return terms;
    }

    /** The document; keys that this library does not know are gone. */
    public String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a specification is always JSON", e);
        }
    }

    /**
     * What names exactly this environment in any process: the id, and for one that a user
     * registered {@code id@digest}, which stays the same files when others take over the id.
     */
    public String reference() {
        return code.map(digest -> id + "@" + digest).orElse(id);
    }

    /** The number of values of an action: 1 for a discrete space. */
    public int actionSize() {
        return action.shape().stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
    }

    /** How long one policy object lives: one episode, or all episodes of its candidate in order. */
    public enum Lifetime {
        @JsonProperty("episode")
        EPISODE,
        @JsonProperty("candidate")
        CANDIDATE
    }

    /** What ranks candidates: the mean return, or the mean over episodes of success. */
    public enum Score {
        @JsonProperty("return")
        RETURN,
        @JsonProperty("success")
        SUCCESS
    }

    /**
     * One named part of an observation.
     *
     * @param name attribute of the observation object
     * @param start first index in the frame
     * @param stop index after the last
     * @param shape empty for a scalar
     * @param unit for example {@code m/s}; empty where there is none
     * @param low smallest value; empty where unbounded
     * @param high largest value; empty where unbounded
     * @param meaning one line
     * @param extra whether it lies outside the Gymnasium observation (privileged)
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record ObservationField(
            String name,
            int start,
            int stop,
            List<Integer> shape,
            String unit,
            OptionalDouble low,
            OptionalDouble high,
            String meaning,
            boolean extra) {}

    /**
     * The action space.
     *
     * @param kind {@code discrete} or {@code box}
     * @param n number of discrete actions; 0 for a box
     * @param names name of each discrete action, or of each component
     * @param units unit of each component; empty for a discrete space
     * @param shape empty for a discrete space
     * @param low lower bound of each component
     * @param high upper bound of each component
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record ActionSpace(
            String kind,
            int n,
            List<String> names,
            List<String> units,
            List<Integer> shape,
            List<Double> low,
            List<Double> high) {

        public boolean discrete() {
            return kind.equals("discrete");
        }
    }

    /** The reward in words, and as Python source where that can be said (else empty). */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Reward(String text, String source) {}

    /** What the prompts say: of the observation, of the policy, and (may be empty) of exploring. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Context(String observation, String policy, String exploration) {}

    /** The study's settings: candidates a round (N), rounds (R), episodes a candidate (E). */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Budget(int candidates, int rounds, int episodes) {}

    /**
     * What a policy's author is told it may use; the engine grants more, since processors differ.
     *
     * @param cpuSeconds processor time of an episode, imports and constructor included
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Limits(@JsonProperty("cpu_seconds") double cpuSeconds) {}

    /** Returns to compare with; the best one is empty where none is known. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record References(Optional<Reference> random, Optional<Reference> best) {}

    /**
     * A return to compare with.
     *
     * @param value expected return of an episode
     * @param low lower end of its 95 % interval; empty where exact
     * @param high upper end
     * @param kind what stands behind it
     * @param source where it comes from
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Reference(
            double value,
            OptionalDouble low,
            OptionalDouble high,
            ReferenceKind kind,
            String source) {

        /** A reference of one's own, without an interval. */
        public static Reference of(double value, ReferenceKind kind, String source) {
            return new Reference(
                    value, OptionalDouble.empty(), OptionalDouble.empty(), kind, source);
        }
    }
}
