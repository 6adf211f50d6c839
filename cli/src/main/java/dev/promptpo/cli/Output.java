package dev.promptpo.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** A stream that remembers why it could not be written, which a {@code PrintWriter} does not. */
final class Output extends FilterOutputStream {
    private volatile Optional<IOException> failure = Optional.empty();

    Output(OutputStream out) {
        super(out);
    }

    /** Why the output is not whole; empty where it is. */
    Optional<IOException> failure() {
        return failure;
    }

    /** Whether whoever read it has ended, as {@code head} does: no fault of anyone. */
    static boolean isReaderGone(IOException failure) {
        return String.valueOf(failure.getMessage()).contains("Broken pipe");
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            failure = Optional.of(e);
            throw e;
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            out.flush();
        } catch (IOException e) {
            failure = Optional.of(e);
            throw e;
        }
    }
}
