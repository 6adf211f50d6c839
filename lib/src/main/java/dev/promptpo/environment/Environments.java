package dev.promptpo.environment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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

    /**
     * Registers an environment of one's own from its Python source: a module with one class that
     * extends {@code gymnasium.Env} and can be made without arguments. Its specification is drafted
     * from its spaces; its id is the class's name without {@code Env}.
     *
     * <p>The code is trusted: it runs in this JVM's Python, where it is tried, and in the workers
     * that play episodes, never beside a policy. Registering again under the same id replaces what
     * was there; runs and open environments stay with what they began with.
     *
     * @return its specification; {@link #open}, {@code PromptPO.on} and the rest know it by its id
     * @throws IllegalArgumentException when it cannot be registered: one line says where and why
     *     (no environment or two, Python's own errors, a broken contract of Gymnasium, spaces that
     *     cannot be described, an id that is taken)
     */
    public static EnvironmentSpec register(String source) {
        return register(source, "");
    }

    /**
     * Registers an environment as {@link #register(String)} does, with a specification of one's
     * own.
     *
     * @param specification TOML: what it leaves out is drafted; {@code docs/add-an-environment.md}
     *     has its keys
     */
    public static EnvironmentSpec register(String source, String specification) {
        return registered("register_source", source, specification);
    }

    /**
     * Registers an environment as {@link #register(String)} does, from
     *
     * <ul>
     *   <li>a Python file, with the TOML file of the same name beside it as its specification where
     *       there is one;
     *   <li>a folder, all of it: its {@code __init__.py}, {@code environment.py} or only Python
     *       file defines the environment, {@code specification.toml} or its only TOML file is the
     *       specification, and everything else is there for the code to read;
     *   <li>what a run kept of either, a file in its {@code payloads}.
     * </ul>
     */
    public static EnvironmentSpec register(Path fileOrFolder) {
        return registered("register_path", fileOrFolder.toAbsolutePath().normalize().toString());
    }

    private static EnvironmentSpec registered(String function, Object... arguments) {
        return spec(Registrations.keep(Catalogue.run(function, arguments)).reference());
    }

    /**
     * The files of a registered environment; empty for any other.
     *
     * @param environment an id, or an {@link EnvironmentSpec#reference}
     * @throws IllegalStateException for a reference to files that were not registered here
     */
    public static Optional<EnvironmentFiles> files(String environment) {
        Optional<EnvironmentFiles> found = Registrations.find(environment);
        int at = environment.indexOf('@');
        if (found.isEmpty() && at >= 0) {
            throw new IllegalStateException(
                    environment.substring(0, at)
                            + " is an environment of a user's own, and its files as they were ("
                            + environment.substring(at + 1, Math.min(environment.length(), at + 9))
                            + "…) are not registered here: Environments.register(Path.of(...)) with"
                            + " its file or folder, or with what the run kept in its payloads");
        }
        return found;
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
