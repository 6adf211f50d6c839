package dev.promptpo.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * {@code run.json}: what a run is, written once before anything happens.
 *
 * @param schema version of the folder's format, {@link #SCHEMA}
 * @param kind what wrote it, for example {@code promptpo}
 * @param created UTC
 * @param settings everything that decides what the run does
 * @param settingsDigest SHA-256 of the settings as JSON with sorted keys
 * @param parent where the run is a branch of another one
 * @param specification the environment's specification as it was, so that a run explains itself
 *     without Python; an empty object where there is none
 */
public record RunDocument(
        int schema,
        String kind,
        Instant created,
        ObjectNode settings,
        String settingsDigest,
        Optional<Parent> parent,
        ObjectNode specification) {

    /** The newest format that this library writes and reads. */
    public static final int SCHEMA = 1;

    /**
     * Where a branch comes from.
     *
     * @param run folder name of the parent run
     * @param settingsDigest of the parent
     * @param round the last round taken over
     * @param edit what was changed, in words
     */
    public record Parent(String run, String settingsDigest, int round, String edit) {}

    /** A new run of these settings, created now. */
    public static RunDocument of(
            String kind, ObjectNode settings, Optional<Parent> parent, ObjectNode specification) {
        return new RunDocument(
                SCHEMA,
                kind,
                Instant.now().truncatedTo(ChronoUnit.MILLIS),
                settings.deepCopy(),
                digest(settings),
                parent,
                specification.deepCopy());
    }

    /** SHA-256 of settings as JSON with sorted keys. */
    public static String digest(ObjectNode settings) {
        return Payloads.digest(Json.canonicalBytes(settings));
    }

    /**
     * Refuses what a newer version wrote, rather than misread it.
     *
     * @param what was written in that format, for the message
     * @throws LedgerException when the format is newer than {@link #SCHEMA}
     */
    static void refuseNewer(int schema, String what) {
        if (schema > SCHEMA) {
            throw new LedgerException(
                    what
                            + " was written in format "
                            + schema
                            + ", this version reads up to "
                            + SCHEMA
                            + ": use a newer version of promptpo");
        }
    }

    ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.put("schema", schema);
        json.put("kind", kind);
        json.put("created", created.toString());
        json.set("settings", settings);
        json.put("settings_digest", settingsDigest);
        if (parent.isPresent()) {
            Parent from = parent.get();
            json.putObject("parent")
                    .put("run", from.run())
                    .put("settings_digest", from.settingsDigest())
                    .put("round", from.round())
                    .put("edit", from.edit());
        } else {
            json.putNull("parent");
        }
        json.set("specification", specification);
        return json;
    }

    static RunDocument fromJson(ObjectNode json) {
        JsonNode from = json.path("parent");
        Optional<Parent> parent =
                from.isObject()
                        ? Optional.of(
                                new Parent(
                                        from.path("run").asText(),
                                        from.path("settings_digest").asText(),
                                        from.path("round").asInt(),
                                        from.path("edit").asText()))
                        : Optional.empty();
        return new RunDocument(
                json.path("schema").asInt(),
                json.path("kind").asText(),
                Instant.parse(json.path("created").asText()),
                json.withObject("/settings"),
                json.path("settings_digest").asText(),
                parent,
                json.withObject("/specification"));
    }
}
