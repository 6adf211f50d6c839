package dev.promptpo.llm;

import static java.util.Objects.requireNonNull;

import dev.promptpo.ledger.LedgerReader;
import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelReply.Drift;
import dev.promptpo.llm.ModelReply.Effect;
import dev.promptpo.llm.ModelReply.NoAnswer;
import dev.promptpo.llm.ModelReply.Reason;
import dev.promptpo.prompt.Digests;
import dev.promptpo.prompt.Prompt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The replies of one run, by role, with the prompts that they answered. The file's format is
 * described in {@code docs/models.md}.
 *
 * @param run what was run
 * @param provenance who answered
 * @param entries by role, in the order in which a run asks
 * @param steered what a person did by hand in that run, in order; a replay does the same
 */
public record Recording(
        Header run,
        Provenance provenance,
        SortedMap<String, Entry> entries,
        List<Steered> steered) {

    /** The replies of a run that nobody steered. */
    public Recording(Header run, Provenance provenance, SortedMap<String, Entry> entries) {
        this(run, provenance, entries, List.of());
    }

    public Recording {
        steered = List.copyOf(steered);
        requireNonNull(run, "run");
        requireNonNull(provenance, "provenance");
        SortedMap<String, Entry> sorted = new TreeMap<>(Role.ORDER);
        sorted.putAll(entries);
        entries = Collections.unmodifiableSortedMap(sorted);
    }

    /**
     * Something that a person did by hand.
     *
     * @param round as the run's ledger has it, as are the others
     * @param kind {@code hint}, {@code prompt}, {@code insert} or {@code choose}
     * @param candidate of the policy that was inserted or chosen; 0 where there is none
     * @param text hint, prompt or source; empty where a policy was chosen
     */
    public record Steered(int round, String kind, int candidate, String text) {}

    /**
     * The run that was recorded.
     *
     * @param settingsDigest of all of the run's settings; empty where unknown
     */
    public record Header(
            String environment,
            String preset,
            int candidates,
            int rounds,
            int episodes,
            long seed,
            String lifetime,
            String settingsDigest) {

        /** The header of a run that is opened. */
        public static Header of(RunContext run) {
            return new Header(
                    run.environment(),
                    run.preset(),
                    run.candidates(),
                    run.rounds(),
                    run.episodes(),
                    run.seed(),
                    run.lifetime(),
                    "");
        }

        /** For example {@code NoiseWorld2, preset paper, N = 10, R = 2, E = 5, seed 0}. */
        public String summary() {
            return environment
                    + ", preset "
                    + preset
                    + ", N = "
                    + candidates
                    + ", R = "
                    + rounds
                    + ", E = "
                    + episodes
                    + ", seed "
                    + seed;
        }
    }

    /**
     * Where the replies come from; {@code unknown} where unknown, never empty but for the note.
     *
     * @param answeredBy who or what wrote the replies, for example {@code language model}
     * @param through how it was asked, for example {@code relay} or {@code gemini}
     * @param model the model's name
     * @param date of the first reply, ISO 8601
     * @param settings of the model, for example temperature, by name
     * @param note anything else that a reader should know
     */
    public record Provenance(
            String answeredBy,
            String through,
            String model,
            String date,
            Map<String, String> settings,
            String note) {
        public Provenance {
            requireNonNull(answeredBy, "answeredBy");
            requireNonNull(through, "through");
            requireNonNull(model, "model");
            requireNonNull(date, "date");
            settings = Collections.unmodifiableMap(new TreeMap<>(settings));
            requireNonNull(note, "note");
        }
    }

    /**
     * One question and what came back.
     *
     * @param reply an answer, or one of the missing answers that cost a candidate
     */
    public record Entry(Prompt prompt, ModelReply reply) {}

    /** Whether a recording keeps this reply: faults that stop a run, or are tried again, pass. */
    public static boolean keeps(ModelReply reply) {
        return switch (reply) {
            case Answer ignored -> true;
            case NoAnswer none -> none.reason().effect() == Effect.COSTS_CANDIDATE;
        };
    }

    /**
     * SHA-256 of what is answered: of each role the prompt and the reply. Where the file lies, who
     * answered and what it cost are not in it.
     */
    public String digest() {
        StringBuilder text = new StringBuilder();
        entries.forEach((role, entry) -> {
            text.append(role).append('\n').append(entry.prompt().digest()).append('\n');
            text.append(entry.prompt().fixedDigest()).append('\n');
            text.append(
                    switch (entry.reply()) {
                        case Answer answer -> Digests.sha256(answer.text());
                        case NoAnswer none ->
                                none.reason() + " " + Digests.sha256(none.partialText());
                    });
            text.append('\n');
        });
        for (Steered done : steered) {
            text.append(done.round()).append(' ').append(done.kind()).append(' ');
            text.append(done.candidate()).append(' ').append(Digests.sha256(done.text()));
            text.append('\n');
        }
        return Digests.sha256(text.toString());
    }

    /** This recording with one more entry; an entry of the same role is replaced. */
    public Recording with(String role, Entry entry) {
        SortedMap<String, Entry> more = new TreeMap<>(entries);
        more.put(role, entry);
        return new Recording(run, provenance, more, steered);
    }

    /**
     * What was answered in this role.
     *
     * @return the recorded reply, with its drift where what was measured differs; {@link
     *     Reason#OTHER_PROMPT} where the fixed text differs, {@link Reason#NOT_RECORDED} where the
     *     role is missing
     */
    public ModelReply reply(ModelRequest request) {
        Entry entry = entries.get(request.role());
        if (entry == null) {
            return NoAnswer.of(Reason.NOT_RECORDED, notRecorded(request.role()));
        }
        Prompt recorded = entry.prompt();
        Prompt asked = request.prompt();
        if (!recorded.fixedDigest().equals(asked.fixedDigest())) {
            return NoAnswer.of(
                    Reason.OTHER_PROMPT,
                    "the recording answered another prompt in the role "
                            + request.role()
                            + " (template "
                            + recorded.template()
                            + ", now "
                            + asked.template()
                            + "): "
                            + TextDifference.describe(recorded.fixedText(), asked.fixedText())
                            + "; use the recorded settings ("
                            + run.summary()
                            + ") or record this run with a live model or the relay");
        }
        return switch (entry.reply()) {
            case Answer answer -> {
                Optional<Drift> drift = TextDifference.drift(recorded.text(), asked.text());
                yield new Answer(
                        answer.text(),
                        answer.model(),
                        answer.usage(),
                        answer.latency(),
                        answer.raw(),
                        drift);
            }
            case NoAnswer none -> none;
        };
    }

    /**
     * What is wrong with it, one line each; empty when all is well. Digests are checked on reading
     * already.
     */
    public List<String> verify() {
        List<String> problems = new ArrayList<>();
        provided(provenance.answeredBy(), "answered_by", problems);
        provided(provenance.through(), "through", problems);
        provided(provenance.model(), "model", problems);
        provided(provenance.date(), "date", problems);
        if (entries.isEmpty()) {
            problems.add("it holds no replies");
        }
        entries.forEach((role, entry) -> {
            verifyRole(role, problems);
            CredentialScan.find(entry.prompt().text())
                    .ifPresent(what -> problems.add(role + ": the prompt holds " + what));
            String text =
                    switch (entry.reply()) {
                        case Answer answer -> answer.text();
                        case NoAnswer none -> none.partialText() + "\n" + none.message();
                    };
            CredentialScan.find(text)
                    .ifPresent(what -> problems.add(role + ": the reply holds " + what));
        });
        CredentialScan.find(provenance.toString())
                .ifPresent(what -> problems.add("the provenance holds " + what));
        return List.copyOf(problems);
    }

    /**
     * What was asked and answered in a run, finished or not, from its ledger.
     *
     * @param provenance who answered; a blank date becomes that of the first reply, a blank model
     *     the models that the replies name
     */
    public static Recording of(LedgerReader run, Provenance provenance) {
        return RecordingOfRun.read(run, provenance);
    }

    /** Reads a file and checks its digests. */
    public static Recording read(Path file) {
        return RecordingFormat.read(file);
    }

    /** Writes the file at once: a reader sees the old one or the new one, whole. */
    public void write(Path file) {
        RecordingFormat.write(this, file);
    }

    private void verifyRole(String role, List<String> problems) {
        Optional<Role> parts = Role.parse(role);
        if (parts.isEmpty()) {
            problems.add(role + " is no role of a run");
        } else if (parts.get().round() > run.rounds()
                || parts.get().candidate() > run.candidates()) {
            problems.add(
                    role
                            + " lies outside of the run (N = "
                            + run.candidates()
                            + ", R = "
                            + run.rounds()
                            + ")");
        }
    }

    private static void provided(String value, String name, List<String> problems) {
        if (value.isBlank()) {
            problems.add("the provenance does not say " + name + " (\"unknown\" where unknown)");
        }
    }

    private String notRecorded(String role) {
        return "the recording has no reply for "
                + role
                + "; it holds "
                + entries.size()
                + " replies of "
                + run.summary()
                + "; ask for no more than that, or record the run with a live model or the relay";
    }
}
