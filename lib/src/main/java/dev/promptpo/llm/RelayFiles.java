package dev.promptpo.llm;

import dev.promptpo.prompt.Prompt;
import java.nio.file.Path;

/**
 * The files of one request in a relay's folder.
 *
 * @param name the role with {@code -} for {@code /}
 */
record RelayFiles(Path folder, String name) {

    static RelayFiles of(Path folder, String role) {
        if (!role.matches("[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")) {
            throw new IllegalArgumentException("expected a role such as policy/2/3, got " + role);
        }
        return new RelayFiles(folder, role.replace('/', '-'));
    }

    /** The prompt alone, byte for byte. */
    Path prompt() {
        return file("prompt.md");
    }

    /** What to do, and the prompt. */
    Path request() {
        return file("request.md");
    }

    /** Where the reply goes. */
    Path answer() {
        return file("answer.md");
    }

    /** Where a refused answer goes. */
    Path rejected(int count) {
        return file("rejected-" + count + ".md");
    }

    /** Why it was refused. */
    Path reason(int count) {
        return file("rejected-" + count + ".reason.txt");
    }

    /** Where the files of an earlier prompt in the same role go. */
    Path superseded(Path file, String digest) {
        return folder.resolve("superseded")
                .resolve(name + "-" + digest.substring(0, 8))
                .resolve(file.getFileName());
    }

    /** The text of the request file. */
    String instructions(String role, Prompt prompt) {
        return """
        # Request %1$s

        1. Give the prompt to a language model (or write the reply yourself): the whole prompt and
           nothing but the prompt, in a fresh conversation. It stands below, between the two
           rulers; `%2$s` holds it alone, byte for byte.
        2. Put the whole reply, unchanged, into `%3$s` in this folder. A program should write
           another name first and rename it. Once taken, an answer is not read again.
        3. To say who answered, begin the file with a line of its own:
           `<!-- model: NAME -->`. It is not part of the reply.

        An empty answer, one that is not UTF-8, and a copy of the prompt are refused: the file is
        renamed, and a file beside it says why. `status.md` lists what is asked and answered.

        Template %4$s, SHA-256 of the prompt %5$s.

        ---------------------------------- prompt begins ----------------------------------
        %6$s
        ----------------------------------- prompt ends -----------------------------------
        """
                .formatted(
                        role,
                        prompt().getFileName(),
                        answer().getFileName(),
                        prompt.template(),
                        prompt.digest(),
                        prompt.text());
    }

    private Path file(String suffix) {
        return folder.resolve(name + "." + suffix);
    }
}
