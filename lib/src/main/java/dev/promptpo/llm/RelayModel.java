package dev.promptpo.llm;

import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelReply.NoAnswer;
import dev.promptpo.llm.ModelReply.Reason;
import dev.promptpo.llm.RelayStatus.State;
import dev.promptpo.prompt.Digests;
import dev.promptpo.prompt.Prompt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks through a folder: each request is a file, and whoever answers writes a file beside it. Many
 * may be pending at once. An answer that is there already when its request is made again, as when a
 * run is resumed, is taken if the prompt is the same, byte for byte.
 */
final class RelayModel implements LanguageModel {
    private static final Duration SLICE = Duration.ofMillis(200);

    private final Path folder;
    private final Duration deadline;
    private final Duration slice;
    private final Meter meter;
    private final RelayStatus status;

    RelayModel(Path folder, RunContext run, Duration deadline, Duration slice) {
        this.folder = folder;
        this.deadline = deadline;
        this.slice = slice;
        this.meter = run.meter();
        this.status = new RelayStatus(folder.resolve("status.md"), run);
    }

    static RelayModel open(Path folder, RunContext run, Duration deadline) {
        RelayModel relay = new RelayModel(folder, run, deadline, SLICE);
        try {
            Files.createDirectories(folder);
            own(folder, run);
            relay.status.write();
        } catch (IOException e) {
            throw new ModelUnavailableException(
                    "the relay's folder "
                            + folder
                            + " cannot be written ("
                            + e
                            + "): name one that can",
                    e);
        }
        return relay;
    }

    @Override
    public ModelReply ask(ModelRequest request) throws InterruptedException {
        String role = request.role();
        long start = System.nanoTime();
        try {
            RelayFiles files = RelayFiles.of(folder, role);
            publish(files, request);
            status.set(role, State.PENDING, "");
            return await(files, request, start);
        } catch (IOException e) {
            return NoAnswer.of(
                    Reason.UNREACHABLE,
                    "the relay's folder " + folder + " cannot be used for " + role + ": " + e);
        }
    }

    @Override
    public ModelIdentity identity() {
        // Without the path: it stands in the run, which others read elsewhere.
        return new ModelIdentity("relay", "unknown", "answered by files in a folder");
    }

    @Override
    public void close() {
        status.close();
    }

    /**
     * A folder belongs to one run. Runs that differ in their seed alone begin with the same
     * prompts: in one folder the second would take the first one's replies for its own.
     */
    private static void own(Path folder, RunContext run) throws IOException {
        Path owner = folder.resolve("run.md");
        String own =
                "# The run that asks here\n\n"
                        + Recording.Header.of(run).summary()
                        + ", lifetime "
                        + run.lifetime()
                        + "\n";
        if (Files.exists(owner)) {
            String there = Files.readString(owner);
            if (!there.equals(own)) {
                throw new ModelUnavailableException(
                        "the relay's folder "
                                + folder
                                + " belongs to another run ("
                                + there.lines().skip(2).findFirst().orElse("of unknown settings")
                                + "): name another folder");
            }
        } else {
            AtomicFiles.write(owner, own.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void publish(RelayFiles files, ModelRequest request) throws IOException {
        byte[] prompt = request.prompt().text().getBytes(StandardCharsets.UTF_8);
        if (Files.exists(files.prompt())) {
            byte[] earlier = Files.readAllBytes(files.prompt());
            if (!java.util.Arrays.equals(earlier, prompt)) {
                supersede(files, new String(earlier, StandardCharsets.UTF_8));
            }
        } else if (Files.exists(files.answer())) {
            reject(files, request.role(), "it was there before its prompt was asked");
        }
        AtomicFiles.write(files.prompt(), prompt);
        AtomicFiles.write(
                files.request(),
                files.instructions(request.role(), request.prompt())
                        .getBytes(StandardCharsets.UTF_8));
    }

    /** Another prompt was asked in this role: its files make room, and are kept. */
    private static void supersede(RelayFiles files, String earlier) throws IOException {
        String digest = Digests.sha256(earlier);
        // The prompt goes last: after a crash in between, the rest is moved the next time.
        for (Path file : new Path[] {files.answer(), files.request(), files.prompt()}) {
            if (Files.exists(file)) {
                Path to = files.superseded(file, digest);
                Files.createDirectories(to.getParent());
                Files.move(file, to, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private ModelReply await(RelayFiles files, ModelRequest request, long start)
            throws IOException, InterruptedException {
        Prompt prompt = request.prompt();
        Optional<Stamp> seen = Optional.empty();
        while (true) {
            Optional<Stamp> now = Stamp.of(files.answer());
            // Editors do not save at once: a file counts when it rested for a slice.
            if (now.isPresent() && now.equals(seen)) {
                Optional<ModelReply> reply = take(files, request, prompt, now.get(), start);
                if (reply.isPresent()) {
                    return reply.get();
                }
            }
            seen = now;
            Duration waited = Duration.ofNanos(System.nanoTime() - start);
            if (waited.compareTo(deadline) > 0 || meter.timeOver().isPresent()) {
                String late = "no longer waited for; an answer is taken when the run is resumed";
                status.set(request.role(), State.LATE, late);
                return new NoAnswer(
                        Reason.TIMEOUT,
                        "nobody wrote "
                                + files.answer().getFileName()
                                + " within "
                                + (waited.compareTo(deadline) > 0 ? deadline : waited)
                                + "; write it into the relay's folder and resume the run",
                        "",
                        TokenUsage.UNKNOWN,
                        waited,
                        new byte[0],
                        Optional.empty());
            }
            Thread.sleep(slice);
        }
    }

    private Optional<ModelReply> take(
            RelayFiles files, ModelRequest request, Prompt prompt, Stamp stamp, long start)
            throws IOException {
        if (stamp.size() > RelayAnswer.MAX_BYTES) {
            reject(
                    files,
                    request.role(),
                    "expected at most "
                            + RelayAnswer.MAX_BYTES
                            + " bytes, but it has "
                            + stamp.size());
            return Optional.empty();
        }
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(files.answer());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        return switch (RelayAnswer.read(bytes, prompt.text())) {
            case RelayAnswer.Refused(String reason) -> {
                reject(files, request.role(), reason);
                yield Optional.empty();
            }
            case RelayAnswer.Accepted(String text, String model) -> {
                status.answered(request.role(), files.answer(), stamp);
                yield Optional.of(
                        new Answer(
                                text,
                                model,
                                TokenUsage.UNKNOWN,
                                Duration.ofNanos(System.nanoTime() - start),
                                bytes,
                                Optional.empty()));
            }
        };
    }

    private void reject(RelayFiles files, String role, String reason) throws IOException {
        int count = 1;
        while (Files.exists(files.rejected(count)) || Files.exists(files.reason(count))) {
            count++;
        }
        AtomicFiles.write(
                files.reason(count),
                ("Refused: " + reason + ".\n").getBytes(StandardCharsets.UTF_8));
        Files.move(files.answer(), files.rejected(count), StandardCopyOption.ATOMIC_MOVE);
        status.set(
                role, State.PENDING, files.rejected(count).getFileName() + " refused: " + reason);
    }

    /** By what a change of a file is seen. */
    record Stamp(long size, FileTime time) {
        static Optional<Stamp> of(Path file) throws IOException {
            try {
                BasicFileAttributes now =
                        Files.readAttributes(
                                file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                return now.isRegularFile()
                        ? Optional.of(new Stamp(now.size(), now.lastModifiedTime()))
                        : Optional.empty();
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        }
    }
}
