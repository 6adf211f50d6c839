package dev.promptpo.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptpo.ledger.FailingDisk.Trouble;
import dev.promptpo.ledger.FailingDisk.Way;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
    @TempDir Path folder;

    @Test
    void keepsEventsInOrderAndPayloadsByContent() {
        String digest;
        try (Ledger ledger = begin()) {
            digest = ledger.store("a prompt");
            assertThat(ledger.store("a prompt")).isEqualTo(digest);
            ledger.append("request_started", fields(1).put("prompt_payload", digest));
            ledger.append("reply_received", fields(2));
        }
        LedgerReader reader = LedgerReader.open(run());

        assertThat(reader.events()).extracting(Event::sequence).containsExactly(1L, 2L);
        assertThat(reader.events())
                .extracting(Event::type)
                .containsExactly("request_started", "reply_received");
        assertThat(reader.events().get(1).fields()).isEqualTo(fields(2));
        // SHA-256 of "a prompt", by sha256sum
        assertThat(digest)
                .isEqualTo("a98310efb4de5c1d7b7ebf56eab0db88657f8b0ad87de79d048889fc6f31b160");
        assertThat(reader.payloadText(digest)).isEqualTo("a prompt");
        assertThat(reader.verify()).isEqualTo(1);
        assertThat(reader.run().settings()).isEqualTo(settings());
    }

    @Test
    void goesOnWhereItWasLeft() {
        try (Ledger ledger = begin()) {
            ledger.append("one", fields(1));
        }
        try (Ledger ledger = Ledger.open(run())) {
            assertThat(ledger.found()).extracting(Event::type).containsExactly("one");
            assertThat(ledger.repair()).isEmpty();
            assertThat(ledger.append("two", fields(2)).sequence()).isEqualTo(2);
        }
    }

    @Test
    void writesRunJsonOnce() throws IOException {
        begin().close();
        byte[] before = Files.readAllBytes(run().resolve("run.json"));
        ObjectNode other = Json.object().put("seed", 99);
        try (Ledger ledger =
                Ledger.openOrBegin(
                        run(), RunDocument.of("test", other, Optional.empty(), Json.object()))) {
            assertThat(ledger.run().settings()).isEqualTo(settings());
        }
        assertThat(Files.readAllBytes(run().resolve("run.json"))).isEqualTo(before);
    }

    @Test
    void mendsATailTornAtEveryLength() throws IOException {
        byte[] whole = threeEvents();
        int last = lastLine(whole);
        for (int length = last; length < whole.length; length++) {
            Files.write(events(), Arrays.copyOf(whole, length));
            int cut = length - last;
            try (Ledger ledger = Ledger.open(run())) {
                if (cut == 0) {
                    assertThat(ledger.repair()).isEmpty();
                    assertThat(ledger.found()).hasSize(2);
                } else if (length == whole.length - 1) {
                    assertThat(ledger.repair()).contains(new Repair(3, cut, true));
                    assertThat(ledger.found()).hasSize(3);
                } else {
                    assertThat(ledger.repair()).contains(new Repair(3, cut, false));
                    assertThat(ledger.found()).hasSize(2);
                }
                long next = ledger.found().size() + 1L;
                assertThat(ledger.append("next", fields(9)).sequence()).isEqualTo(next);
            }
            assertThat(LedgerReader.open(run()).events().getLast().type()).isEqualTo("next");
        }
        try (var files = Files.list(run())) {
            assertThat(files.filter(f -> f.getFileName().toString().startsWith("torn-3-")))
                    .as("every torn tail is set aside, not thrown away")
                    .hasSize(whole.length - 2 - last);
        }
    }

    /** After a power cut a file may have its new length, but zeros in place of its new bytes. */
    @Test
    void mendsATailOfZeros() throws IOException {
        byte[] whole = threeEvents();
        int last = lastLine(whole);
        for (int from = last; from < whole.length; from++) {
            byte[] zeroed = whole.clone();
            Arrays.fill(zeroed, from, whole.length, (byte) 0);
            Files.write(events(), zeroed);
            try (Ledger ledger = Ledger.open(run())) {
                assertThat(ledger.repair()).isPresent();
                assertThat(ledger.found()).hasSize(2);
            }
        }
    }

    @Test
    void findsEveryFlippedBitAndNamesItsLine() throws IOException {
        byte[] whole = threeEvents();
        List<Integer> ends =
                IntStream.range(0, whole.length).filter(i -> whole[i] == '\n').boxed().toList();
        for (int bit = 0; bit < whole.length * 8; bit++) {
            int at = bit / 8;
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) (1 << (bit % 8));
            long line = 1 + ends.stream().filter(end -> end < at).count();
            assertThatThrownBy(() -> EventLog.parse(flipped, "events.jsonl"))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("line " + line + " of ");
            // Those who want little of it, or nothing, find it too.
            assertThatThrownBy(() -> visit(flipped, EventSelection.none()))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("line " + line + " of ");
            assertThatThrownBy(() -> visit(flipped, EventSelection.none().with("event", "number")))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("line " + line + " of ");
        }
    }

    private static void visit(byte[] log, EventSelection wanted) {
        EventLog.visit(log, "events.jsonl", wanted, (type, fields) -> {});
    }

    @Test
    void changesNothingWhenALineIsBroken() throws IOException {
        byte[] whole = threeEvents();
        List<Integer> places =
                IntStream.range(0, whole.length)
                        .filter(at -> at % 17 == 0 || at == whole.length - 1)
                        .boxed()
                        .toList();
        for (int at : places) {
            byte[] flipped = whole.clone();
            flipped[at] ^= 1;
            Files.write(events(), flipped);
            assertThatThrownBy(() -> Ledger.open(run())).isInstanceOf(LedgerException.class);
            assertThat(Files.readAllBytes(events())).isEqualTo(flipped);
        }
    }

    @Test
    void findsEveryFlippedBitOfRunJsonAndOfPayloads() throws IOException {
        String digest;
        try (Ledger ledger = begin()) {
            digest = ledger.store("reply");
            ledger.append("reply_received", Json.object().put("text_payload", digest));
        }
        eachFlippedBit(
                run().resolve("payloads").resolve(digest), () -> LedgerReader.open(run()).verify());
        eachFlippedBit(run().resolve("run.json"), () -> LedgerReader.open(run()));
    }

    /** Named in a list, as a candidate's attempts name theirs. */
    @Test
    void verifiesPayloadsWhereverAnEventNamesThem() throws IOException {
        String digest;
        try (Ledger ledger = begin()) {
            digest = ledger.store("source");
            ObjectNode fields = Json.object();
            fields.putArray("attempts").addObject().put("source_payload", digest);
            ledger.append("candidate_finished", fields);
        }
        assertThat(LedgerReader.open(run()).verify()).isEqualTo(1);
        Files.writeString(run().resolve("payloads").resolve(digest), "sauce");
        assertThatThrownBy(() -> LedgerReader.open(run()).verify())
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("was changed");
    }

    @Test
    void namesAMissingLine() throws IOException {
        byte[] whole = threeEvents();
        String[] lines = new String(whole, StandardCharsets.UTF_8).split("\n");
        Files.writeString(events(), lines[0] + "\n" + lines[2] + "\n");
        LedgerReader reader = LedgerReader.open(run());
        for (ThrowingCallable reading :
                List.<ThrowingCallable>of(
                        reader::events,
                        () -> reader.visit(EventSelection.none(), (type, fields) -> {}))) {
            assertThatThrownBy(reading)
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("line 2")
                    .hasMessageContaining("sequence number 3 where 2 comes next");
        }
    }

    @Test
    void refusesASecondWriterAndSaysWho() {
        try (Ledger ledger = begin()) {
            assertThatThrownBy(() -> Ledger.open(run()))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("is being written by this process");
            ledger.append("still", fields(1));
        }
        try (Ledger again = Ledger.open(run())) {
            assertThat(again.found()).hasSize(1);
        }
    }

    @Test
    void refusesAWriterInAnotherProcess() throws Exception {
        try (Ledger ledger = begin()) {
            ledger.append("one", fields(1));
            String output = Children.run(SecondWriter.class, run().toString());
            assertThat(output)
                    .contains("is being written by process " + ProcessHandle.current().pid());
        }
        assertThat(Children.run(SecondWriter.class, run().toString())).contains("opened");
    }

    /** Tries to open the folder for writing. */
    static final class SecondWriter {
        private SecondWriter() {}

        public static void main(String[] args) {
            try (Ledger ledger = Ledger.open(Path.of(args[0]))) {
                System.out.println("opened after " + ledger.found().size() + " event");
            } catch (LedgerException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void takesAwayWhatACrashLeftHalfWritten() throws IOException {
        try (Ledger ledger = begin()) {
            ledger.append("one", fields(1).put("text_payload", ledger.store("whole")));
        }
        Path half = Files.writeString(run().resolve("payloads/.unfinished-1"), "hal");
        Path document = Files.writeString(run().resolve(".unfinished-2"), "{");
        Ledger.open(run()).close();
        assertThat(half).doesNotExist();
        assertThat(document).doesNotExist();
        assertThat(LedgerReader.open(run()).verify()).isEqualTo(1);
    }

    @Test
    void refusesANewerFormat() throws IOException {
        begin().close();
        ObjectNode newer =
                RunDocument.of("test", settings(), Optional.empty(), Json.object()).toJson();
        newer.put("schema", RunDocument.SCHEMA + 1);
        Files.write(run().resolve("run.json"), SealedLine.seal(newer));
        assertThatThrownBy(() -> LedgerReader.open(run()))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("was written in format 2")
                .hasMessageContaining("use a newer version");
        assertThatThrownBy(() -> Ledger.open(run())).isInstanceOf(LedgerException.class);
        assertThatThrownBy(this::begin).isInstanceOf(LedgerException.class);
    }

    /** A run that was begun in this format and gone on with by a newer version. */
    @Test
    void refusesASessionOfANewerFormat() {
        try (Ledger ledger = begin()) {
            ledger.append("session_started", Json.object().put("schema", RunDocument.SCHEMA));
            ledger.append("session_started", Json.object().put("schema", RunDocument.SCHEMA + 1));
            ledger.append("unheard_of", Json.object().put("number", 1));
        }
        LedgerReader reader = LedgerReader.open(run());
        for (ThrowingCallable opening :
                List.<ThrowingCallable>of(
                        reader::events,
                        () -> reader.visit(EventSelection.none(), (type, fields) -> {}),
                        () -> Ledger.open(run()),
                        this::begin)) {
            assertThatThrownBy(opening)
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("line 2 of ")
                    .hasMessageContaining("was written in format 2")
                    .hasMessageContaining("use a newer version");
        }
    }

    @Test
    void refusesAFolderThatIsNoRun() throws IOException {
        assertThatThrownBy(() -> LedgerReader.open(run()))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("is not a run's folder");
        assertThatThrownBy(() -> Ledger.open(run())).isInstanceOf(LedgerException.class);
        Files.createDirectories(run());
        Files.writeString(events(), "something\n");
        assertThatThrownBy(this::begin)
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("events but no run.json");
    }

    /** The kernel's own read-only file system: a mode would not hold back the superuser. */
    @Test
    void saysInOneLineThatAFolderCannotBeWritten() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        for (Path place : List.of(Path.of("/proc/promptpo-run"), file.resolve("run"))) {
            assertThatThrownBy(() ->
                            Ledger.openOrBegin(
                                    place,
                                    RunDocument.of(
                                            "test", settings(), Optional.empty(), Json.object())))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("cannot write the run in " + place)
                    .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
        }
    }

    @Test
    void readsWhileAWriterIsAtWork() {
        try (Ledger ledger = begin()) {
            LedgerReader reader = ledger.reader();
            for (int i = 1; i <= 50; i++) {
                ledger.append("event", fields(i));
                assertThat(reader.events()).hasSize(i);
            }
        }
    }

    @Test
    void leavesOutALineThatIsNotWholeYet() throws IOException {
        byte[] whole = threeEvents();
        for (int length = lastLine(whole); length < whole.length; length++) {
            Files.write(events(), Arrays.copyOf(whole, length));
            assertThat(LedgerReader.open(run()).events()).hasSize(2);
        }
        assertThat(Files.size(events())).as("a reader mends nothing").isEqualTo(whole.length - 1L);
    }

    @Test
    void takesEventsFromManyThreadsWithoutGaps() {
        try (Ledger ledger = begin();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 200; i++) {
                int number = i;
                threads.submit(() -> ledger.append("event", fields(number)));
            }
        }
        List<Event> events = LedgerReader.open(run()).events();
        assertThat(events)
                .extracting(Event::sequence)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 200).boxed().toList());
        assertThat(events.stream().map(e -> e.fields().path("number").asInt()).distinct())
                .hasSize(200);
    }

    /** Python's text may hold half of a surrogate pair, which UTF-8 cannot. */
    @Test
    void writesTextThatIsNoUnicodeAsReplacementCharacters() {
        String digest;
        try (Ledger ledger = begin()) {
            digest = ledger.store("a\ud800b\ud83d\ude00");
            ObjectNode fields = Json.object().put("message", "x\udc00");
            fields.putArray("list").addObject().put("inner", "\ud83d");
            ledger.append("candidate_finished", fields);
        }
        LedgerReader reader = LedgerReader.open(run());
        assertThat(reader.payloadText(digest)).isEqualTo("a\ufffdb\ud83d\ude00");
        ObjectNode fields = reader.events().getFirst().fields();
        assertThat(fields.path("message").asText()).isEqualTo("x\ufffd");
        assertThat(fields.at("/list/0/inner").asText()).isEqualTo("\ufffd");
    }

    @Test
    void anInterruptedCallerStillCommits() {
        try (Ledger ledger = begin()) {
            Thread.currentThread().interrupt();
            ledger.append("reply_received", fields(1).put("text_payload", ledger.store("paid")));
            assertThat(Thread.interrupted()).isTrue();
            ledger.append("next", fields(2));
        }
        assertThat(LedgerReader.open(run()).events()).hasSize(2);
    }

    /** The disk fails for good at its n-th operation, for every n, in three ways. */
    @Test
    void losesNothingWhereverTheDiskFails() throws IOException {
        int operations = countOperations();
        assertThat(operations).isGreaterThan(15);
        for (Trouble trouble : Trouble.values()) {
            for (Way way : Way.values()) {
                for (int n = 0; n < operations; n++) {
                    losesNothing(trouble, way, n);
                }
            }
        }
    }

    private void losesNothing(Trouble trouble, Way way, int at) {
        Path place = folder.resolve(trouble + "-" + way + "-" + at);
        List<String> acknowledged = new ArrayList<>();
        assertThatThrownBy(() -> play(place, new FailingDisk(trouble, way, at), acknowledged))
                .as("%s %s operation %d", trouble, way, at)
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining(trouble.message())
                .hasMessageContaining("run it again; what was written before is safe")
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
        try (Ledger ledger =
                Ledger.openUnforced(
                        place,
                        RunDocument.of("test", settings(), Optional.empty(), Json.object()))) {
            List<String> kept = ledger.found().stream().map(Event::type).toList();
            assertThat(kept.size() - acknowledged.size()).isBetween(0, 1);
            assertThat(kept.subList(0, acknowledged.size())).isEqualTo(acknowledged);
            for (String type : resumed(kept)) {
                append(ledger, type);
            }
        }
        LedgerReader reader = LedgerReader.open(place);
        assertThat(reader.events()).extracting(Event::type).isEqualTo(TYPES);
        assertThat(reader.verify()).isEqualTo(TYPES.size());
    }

    /** The second failure is the first one told again, and nothing more is written. */
    @Test
    void takesNothingMoreAfterAFailure() throws IOException {
        int middle = countOperations() / 2;
        for (Trouble trouble : Trouble.values()) {
            Path place = folder.resolve("broken-" + trouble);
            List<String> acknowledged = new ArrayList<>();
            FailingDisk disk = new FailingDisk(trouble, Way.HALF, middle);
            RunDocument document =
                    RunDocument.of("test", settings(), Optional.empty(), Json.object());
            try (Ledger ledger = Ledger.openOrBegin(place, document, disk)) {
                assertThatThrownBy(
                                () -> {
                                    for (String type : TYPES) {
                                        append(ledger, type);
                                        acknowledged.add(type);
                                    }
                                })
                        .isInstanceOf(LedgerException.class);
                int tried = disk.operations();
                for (int i = 0; i < 3; i++) {
                    assertThatThrownBy(() -> ledger.append("more", fields(1)))
                            .isInstanceOf(LedgerException.class)
                            .hasMessageContaining(trouble.message());
                    assertThatThrownBy(() -> ledger.store("more"))
                            .isInstanceOf(LedgerException.class);
                }
                assertThat(disk.operations()).isEqualTo(tried);
            }
            assertThat(LedgerReader.open(place).events())
                    .extracting(Event::type)
                    .isEqualTo(acknowledged);
        }
    }

    private static final List<String> TYPES = List.of("a", "b", "c", "d");

    private static List<String> resumed(List<String> kept) {
        return TYPES.subList(kept.size(), TYPES.size());
    }

    private int countOperations() throws IOException {
        FailingDisk disk = new FailingDisk(Trouble.FULL, Way.BEFORE, Integer.MAX_VALUE);
        play(folder.resolve("count"), disk, new ArrayList<>());
        return disk.operations();
    }

    private static void play(Path place, Disk disk, List<String> acknowledged) {
        RunDocument document = RunDocument.of("test", settings(), Optional.empty(), Json.object());
        try (Ledger ledger = Ledger.openOrBegin(place, document, disk)) {
            for (String type : TYPES) {
                append(ledger, type);
                acknowledged.add(type);
            }
        }
    }

    private static void append(Ledger ledger, String type) {
        ledger.append(type, Json.object().put("text_payload", ledger.store("payload " + type)));
    }

    private byte[] threeEvents() throws IOException {
        try (Ledger ledger = begin()) {
            for (int i = 1; i <= 3; i++) {
                ledger.append("event", fields(i));
            }
        }
        return Files.readAllBytes(events());
    }

    private static int lastLine(byte[] whole) {
        int at = whole.length - 2;
        while (whole[at] != '\n') {
            at--;
        }
        return at + 1;
    }

    private static void eachFlippedBit(Path file, Runnable reading) throws IOException {
        byte[] whole = Files.readAllBytes(file);
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            Files.write(file, flipped);
            assertThatThrownBy(reading::run)
                    .as("bit %d of %s", bit, file)
                    .isInstanceOf(LedgerException.class);
        }
        Files.write(file, whole);
        reading.run();
    }

    private Ledger begin() {
        return Ledger.openOrBegin(
                run(), RunDocument.of("test", settings(), Optional.empty(), Json.object()));
    }

    private Path run() {
        return folder.resolve("run");
    }

    private Path events() {
        return run().resolve("events.jsonl");
    }

    private static ObjectNode settings() {
        return Json.object().put("environment", "Line").put("seed", 0);
    }

    private static ObjectNode fields(int number) {
        return Json.object().put("number", number).put("text", "grüß \"dich\"");
    }
}
