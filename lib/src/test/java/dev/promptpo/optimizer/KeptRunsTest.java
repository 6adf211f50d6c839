package dev.promptpo.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.promptpo.analysis.Tables;
import dev.promptpo.ledger.Ledger;
import dev.promptpo.ledger.LedgerReader;
import dev.promptpo.llm.Recording;
import dev.promptpo.llm.Recording.Provenance;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tech.tablesaw.api.ColumnType;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;
import tech.tablesaw.io.csv.CsvReadOptions;

/** Runs that earlier versions wrote, one of each format and growth of it, kept for good. */
class KeptRunsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    static List<Path> kept() throws IOException, URISyntaxException {
        Path fixtures =
                Path.of(KeptRunsTest.class.getResource("/dev/promptpo/ledger/fixtures").toURI());
        try (Stream<Path> folders = Files.list(fixtures)) {
            return folders.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("kept")
    void stillOpensAndIsWhatWasWritten(Path run) throws IOException {
        LedgerReader ledger = LedgerReader.open(run);
        assertThat(ledger.verify()).isGreaterThan(20);
        Run looked = Run.look(run);
        assertThat(looked.finished()).isTrue();
        assertThat(looked.rounds()).hasSize(2);
        assertThat(looked.candidate(1, 2).attempts()).hasSize(2);
        assertThat(looked.candidate(1, 3).failure()).isPresent();
        assertThat(looked.best().source()).contains("class NoiseWorld0Policy");
        assertThat(looked.heldout().orElseThrow().returns()).hasSize(40);
        assertThat(
                        Recording.of(ledger, new Provenance("a script", "", "", "", Map.of(), ""))
                                .entries())
                .hasSize((int) looked.usage().calls());
    }

    @ParameterizedTest
    @MethodSource("kept")
    void stillIsWhatTheSchemaSays(Path run) throws IOException {
        assertThat(Schemas.lenient("event").problemsOfLines(run.resolve("events.jsonl"))).isEmpty();
        assertThat(Schemas.lenient("run").problems(JSON.readTree(run.resolve("run.json").toFile())))
                .isEmpty();
    }

    /** Tables may gain columns; those that there were keep their values. */
    @ParameterizedTest
    @MethodSource("kept")
    void stillGivesTheSameTables(Path run) {
        for (Table now : FixtureRun.tables(run)) {
            Table then =
                    Table.read()
                            .usingOptions(
                                    CsvReadOptions.builder(
                                                    run.resolve("tables/" + now.name() + ".csv")
                                                            .toFile())
                                            .columnTypes(name -> ColumnType.STRING));
            assertThat(now.rowCount()).as(now.name()).isEqualTo(then.rowCount()).isPositive();
            for (Column<?> column : then.columns()) {
                Column<?> here = now.column(column.name());
                for (int row = 0; row < then.rowCount(); row++) {
                    assertThat(text(here, row))
                            .as("%s.%s, row %d", now.name(), column.name(), row)
                            .isEqualTo(text(column, row));
                }
            }
        }
    }

    /** They read only what they need of the events. */
    @ParameterizedTest
    @MethodSource("kept")
    void tablesOfAllRunsSayWhatEachRunsSays(Path run) {
        for (Table[] both :
                new Table[][] {
                    {Tables.candidatesOfRuns(run.getParent()), Tables.candidates(run)},
                    {Tables.episodesOfRuns(run.getParent()), Tables.episodes(run)}
                }) {
            Table ofRuns =
                    both[0].where(
                            both[0].stringColumn("run").isEqualTo(run.getFileName().toString()));
            assertThat(ofRuns.removeColumns("run").write().toString("csv"))
                    .isEqualTo(both[1].write().toString("csv"));
        }
    }

    private static String text(Column<?> column, int row) {
        return column.isMissing(row) ? "" : String.valueOf(column.get(row));
    }

    /** On a copy: writing takes a lock, and the fixture stays as it is. */
    @ParameterizedTest
    @MethodSource("kept")
    void canStillBeGoneOnWith(Path run, @TempDir Path folder) throws IOException {
        copy(run, folder);
        LedgerReader before = LedgerReader.open(run);
        try (Ledger ledger = Ledger.open(folder)) {
            assertThat(ledger.repair()).isEmpty();
            ledger.append("session_closed", Fields.object().put("reason", "closed"));
        }
        assertThat(LedgerReader.open(folder).events()).hasSize(before.events().size() + 1);
    }

    @ParameterizedTest
    @MethodSource("kept")
    void namesNoMachineAndNoPath(Path run) throws IOException {
        String host = java.net.InetAddress.getLocalHost().getHostName();
        String home = System.getProperty("promptpo.home");
        try (Stream<Path> files = Files.walk(run)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String text = Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
                assertThat(text).doesNotContain("\"host\":\"" + host, home);
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }
}
