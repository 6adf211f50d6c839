package dev.promptpo.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** A policy's source in a file that was named on the command line. */
final class SourceFile {
    private SourceFile() {}

    /**
     * The text of a file.
     *
     * @param option that named it, for example {@code --policy}
     * @throws ParameterException when it cannot be read, or is no UTF-8 text
     */
    static String read(CommandSpec command, String option, Path file) {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw bad(command, option + " must be UTF-8 text; " + file + " is not");
        } catch (IOException e) {
            throw bad(command, option + " must be a readable file; cannot read " + file);
        }
    }

    private static ParameterException bad(CommandSpec command, String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
