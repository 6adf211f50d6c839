package dev.promptpo.optimizer;

/** Types of a run's events (fixed names; {@code docs/ledger.md} describes their fields). */
final class EventTypes {
    static final String SESSION_STARTED = "session_started";
    static final String SESSION_CLOSED = "session_closed";
    static final String REQUEST_STARTED = "request_started";
    static final String REQUEST_RETRIED = "request_retried";
    static final String REPLY_RECEIVED = "reply_received";
    static final String ROLLOUT_STARTED = "rollout_started";
    static final String ROLLOUT_PROGRESS = "rollout_progress";
    static final String ROLLOUT_FINISHED = "rollout_finished";
    static final String FEEDBACK_FINISHED = "feedback_finished";
    static final String CANDIDATE_FINISHED = "candidate_finished";
    static final String ROUND_CLOSED = "round_closed";
    static final String INTERVENTION = "intervention";
    static final String EVALUATION = "evaluation";
    static final String RUN_CLOSED = "run_closed";

    private EventTypes() {}
}
