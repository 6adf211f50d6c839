package dev.promptpo.figures;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptpo.optimizer.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportPageTest {
    private static final Pattern IMAGE =
            Pattern.compile("<img [^>]*src=\"data:image/svg\\+xml;base64,([^\"]+)\">");
    private static final Pattern FETCHED =
            Pattern.compile("(?i)<script|<link|<iframe|@import|url\\(|(src|href)=\"(?!data:)");

    @TempDir Path folder;

    @Test
    void aFinishedRunIsOnePageWithItsPicturesInside() throws IOException {
        Run run = WrittenRun.full(folder.resolve("run"));
        String page =
                Files.readString(ReportPage.save(run.directory(), folder.resolve("a/b.html")));
        assertThat(page)
                .startsWith("<!DOCTYPE html>")
                .endsWith("</html>\n")
                .contains("PromptPO on NoiseWorld2", "967.0", "held-out", "chosen flatter")
                .contains("every candidate", "settings digest", run.settings().digest())
                .contains(">class<", ">NoiseWorld2Policy<")
                .contains("boom &lt;b&gt;")
                .doesNotContain("boom <b>");
        assertThat(FETCHED.matcher(page.replaceAll("base64,[^\"]+", "")).find())
                .as("nothing is fetched from anywhere")
                .isFalse();
        List<String> pictures = pictures(page);
        assertThat(pictures).hasSize(3).allMatch(svg -> svg.startsWith("<svg"));
        assertThat(pictures).anyMatch(svg -> svg.contains("return against environment steps"));
        assertThat(pictures).anyMatch(svg -> svg.contains("the board"));
    }

    @Test
    void aPathIsDrawnFromTheTraceThatTheRunKept() throws IOException {
        Path kept =
                Path.of(System.getProperty("promptpo.home"))
                        .resolve("lib/src/test/resources/dev/promptpo/ledger/fixtures/format-1");
        String page = Files.readString(ReportPage.save(kept, folder.resolve("kept.html")));
        assertThat(page).contains("sandbox", "numpy 2.4.6", "sessions 1, 2");
        assertThat(pictures(page)).anyMatch(svg -> svg.contains("first search episode"));
    }

    @Test
    void aRunThatHasJustBegunHasAPageToo() {
        try (WrittenRun begun = new WrittenRun(folder.resolve("run"), 2, 2)) {
            String page = ReportPage.html(begun.look());
            assertThat(page).contains("not finished", "0 rounds closed so far");
            begun.failed(1, 1, "TIMEOUT").failed(1, 2, "SYNTAX");
            assertThat(ReportPage.html(begun.look())).contains("TIMEOUT");
        }
    }

    private static List<String> pictures(String page) {
        List<String> pictures = new ArrayList<>();
        Matcher matcher = IMAGE.matcher(page);
        while (matcher.find()) {
            byte[] svg = Base64.getDecoder().decode(matcher.group(1));
            pictures.add(new String(svg, StandardCharsets.UTF_8));
        }
        return pictures;
    }
}
