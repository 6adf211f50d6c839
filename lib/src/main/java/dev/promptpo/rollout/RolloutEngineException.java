package dev.promptpo.rollout;

/** The engine itself cannot go on: never a fault of a policy. */
public final class RolloutEngineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RolloutEngineException(String message) {
        super(message);
    }

    public RolloutEngineException(String message, Throwable cause) {
        super(message, cause);
    }
}
