package dev.promptpo.environment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The environments that were registered in this JVM. Used by many threads at once. */
final class Registrations {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, EnvironmentFiles> BY_REFERENCE = new ConcurrentHashMap<>();
    private static final Map<String, EnvironmentFiles> LAST_BY_ID = new ConcurrentHashMap<>();

    private Registrations() {}

    /** Keeps what Python registered. */
    static EnvironmentFiles keep(String answer) {
        try {
            EnvironmentFiles files = JSON.readValue(answer, EnvironmentFiles.class);
            BY_REFERENCE.put(files.reference(), files);
            LAST_BY_ID.put(files.id(), files);
            return files;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("promptpo_envs gave a registration that is none", e);
        }
    }

    static Optional<EnvironmentFiles> find(String environment) {
        EnvironmentFiles files = BY_REFERENCE.get(environment);
        return Optional.ofNullable(files == null ? LAST_BY_ID.get(environment) : files);
    }
}
