package dev.promptpo.prompt;

/**
 * A rendered prompt.
 *
 * @param template name and version of its template, for example {@code policy/1}
 * @param text the whole text, sent as one user message
 * @param fixedText the text with everything measured or written in the run left out: equal between
 *     a recording and its replay, or the recording does not fit
 * @param fixedDigest SHA-256 of {@code fixedText}
 * @param digest SHA-256 of {@code text}: it may drift with the last digits of measured numbers
 */
public record Prompt(
        String template, String text, String fixedText, String fixedDigest, String digest) {

    /** A prompt with its digests computed. */
    public static Prompt of(String template, String text, String fixedText) {
        return new Prompt(
                template, text, fixedText, Digests.sha256(fixedText), Digests.sha256(text));
    }
}
