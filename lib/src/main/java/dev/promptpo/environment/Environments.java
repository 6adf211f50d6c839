package dev.promptpo.environment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;

/**
 * The environments: listed, described, opened.
 *
 * <p>Ids are matched without regard to case, {@code -} and {@code _}. Ids of Gymnasium that have no
 * specification file work too; theirs is drafted from the spaces.
 */
public final class Environments {
    /** The preset taken where none is named: what the study's text says. */
    public static final String DEFAULT_PRESET = "paper";

    private static final ObjectMapper JSON = new ObjectMapper();

    private Environments() {}

    /** All environments with a specification file, in the order to show them. */
    public static List<EnvironmentEntry> list() {
        try {
            return List.copyOf(
                    JSON.readValue(
                            Catalogue.ask("environments"),
                            new TypeReference<List<EnvironmentEntry>>() {}));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("promptpo_envs gave a list that is not one", e);
        }
    }

    /** The specification under the preset {@code paper}. */
    public static EnvironmentSpec spec(String id) {
        return spec(id, DEFAULT_PRESET);
    }

    /**
     * The specification of an environment.
     *
     * @param preset {@code paper} or {@code release}
     * @throws UnknownEnvironmentException for an unknown id; the message names the nearest
     * @throws IllegalArgumentException for an unknown preset
     */
    public static EnvironmentSpec spec(String id, String preset) {
        return EnvironmentSpec.fromJson(Catalogue.ask("specification", id, preset));
    }

    /** The specification's JSON document as Python wrote it; throws as {@link #spec} does. */
    public static String document(String id, String preset) {
        return Catalogue.ask("specification", id, preset);
    }

    /** {@link #list} as the JSON document that Python wrote. */
    public static String listDocument() {
        return Catalogue.ask("environments");
    }

    /** Opens an environment under the preset {@code paper}. */
    public static Environment open(String id) {
        return open(id, DEFAULT_PRESET);
    }

    /** Opens an environment to step by hand; throws as {@link #spec(String, String)} does. */
    public static Environment open(String id, String preset) {
        return Environment.open(id, preset);
    }
}
