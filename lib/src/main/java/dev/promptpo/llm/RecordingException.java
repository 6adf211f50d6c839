package dev.promptpo.llm;

/** A file is no recording, or a broken one; the message is one line that names the file. */
public final class RecordingException extends RuntimeException {
    public RecordingException(String message) {
        super(message);
    }

    public RecordingException(String message, Throwable cause) {
        super(message, cause);
    }
}
