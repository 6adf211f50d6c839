package dev.promptpo.environment;

/**
 * The files of an environment that a user registered.
 *
 * @param id the environment's
 * @param digest SHA-256 of {@code text} in UTF-8: the same files have the same one everywhere
 * @param text the files as one JSON document, {@code {"files": {name: content}}}
 */
public record EnvironmentFiles(String id, String digest, String text) {

    /** What names exactly these files, see {@link EnvironmentSpec#reference}. */
    public String reference() {
        return id + "@" + digest;
    }
}
