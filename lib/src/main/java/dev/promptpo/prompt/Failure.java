package dev.promptpo.prompt;

/**
 * What went wrong with generated code, as a repair prompt tells it.
 *
 * @param source the code; empty where the reply held none
 * @param reply the reply as it came, shown where there is no code
 * @param message one line
 * @param traceback the code's own frames; may be empty
 */
public record Failure(String source, String reply, String message, String traceback) {}
