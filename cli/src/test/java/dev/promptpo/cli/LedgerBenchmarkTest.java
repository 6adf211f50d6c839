package dev.promptpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.promptpo.analysis.Tables;
import dev.promptpo.ledger.LedgerReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

/** What is measured is what PromptPO writes. */
class LedgerBenchmarkTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;

    @Test
    void opensTheTablesOfRunsInTheLedgersOwnFormat() throws Exception {
        StringWriter out = new StringWriter();
        String[] command =
                ("benchmark ledger --runs 3 --candidates 4 --rounds 2 --repeat 1 --of list"
                                + " --of candidates --folder "
                                + folder)
                        .split(" ");
        int code = Main.run(command, new PrintWriter(out, true), new PrintWriter(out, true));
        assertThat(code).as("%s", out).isZero();
        assertThat(out.toString().lines())
                .anyMatch(line -> line.matches("runs list +the command line +3 .*"))
                .anyMatch(line -> line.matches("Tables.candidatesOfRuns +the kernel +24 .*"))
                .noneMatch(line -> line.startsWith("Tables.runs"));

        Path home = Path.of(System.getProperty("promptpo.home"));
        Schema schema =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(JSON.readTree(home.resolve("docs/schema/event.json").toFile()));
        Path run = folder.resolve("Synthetic-0001");
        assertThat(LedgerReader.open(run).verify()).isEqualTo(3);
        for (String line : Files.readAllLines(run.resolve("events.jsonl"))) {
            assertThat(schema.validate(JSON.readTree(line))).as(line).isEmpty();
        }

        Table candidates = Tables.candidatesOfRuns(folder);
        assertThat(candidates.stringColumn("run").countUnique()).isEqualTo(3);
        assertThat(candidates.columnNames().subList(1, candidates.columnCount()))
                .isEqualTo(Tables.candidates(run).columnNames());
        assertThat(Tables.runs(folder).stringColumn("run").asList())
                .containsExactly("Synthetic-0000", "Synthetic-0001", "Synthetic-0002");
    }
}
