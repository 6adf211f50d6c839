package dev.promptpo.ledger;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The folder {@code payloads/}: each file is named by the SHA-256 of its bytes. */
final class Payloads {
    private final Path folder;

    Payloads(Path run) {
        folder = run.resolve("payloads");
    }

    Path folder() {
        return folder;
    }

    static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Durable when it returns; a payload that is there already is not written again. */
    String store(Disk disk, byte[] bytes) throws IOException {
        String digest = digest(bytes);
        Path file = folder.resolve(digest);
        if (!Files.exists(file)) {
            disk.createFolder(folder);
            disk.writeWhole(file, bytes);
        }
        return digest;
    }

    /**
     * A payload's bytes, checked against its name.
     *
     * @throws LedgerException when it is missing or not what was stored
     */
    byte[] read(String digest) {
        if (!digest.matches("[0-9a-f]{64}")) {
            throw new LedgerException(
                    "a payload is named by 64 hexadecimal digits; got '" + digest + "'");
        }
        Path file = folder.resolve(digest);
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new LedgerException(
                    "the ledger names a payload that is not there: " + file + "; restore it", e);
        } catch (IOException e) {
            throw new LedgerException("cannot read " + file + ": " + e.getMessage(), e);
        }
        String found = digest(bytes);
        if (!found.equals(digest)) {
            throw new LedgerException(
                    "payload "
                            + file
                            + " was changed: its bytes have SHA-256 "
                            + found
                            + "; restore it from a copy");
        }
        return bytes;
    }

    String readText(String digest) {
        return new String(read(digest), StandardCharsets.UTF_8);
    }
}
