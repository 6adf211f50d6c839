package dev.promptpo.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class PicturesTest {
    private static final int AROUND = 80;

    static Stream<Arguments> pictures() {
        return Stream.of(
                Arguments.of("learning curve", Picture.of(LearningCurveChart.of(Examples.curve()))),
                Arguments.of(
                        "learning curve with a detail",
                        Picture.of(LearningCurveChart.of(Examples.crowded()))),
                Arguments.of("run just begun", Picture.of(LearningCurveChart.of(Examples.begun()))),
                Arguments.of("all failed", Picture.of(LearningCurveChart.of(Examples.hopeless()))),
                Arguments.of("expected best", Picture.of(BestOfNChart.of(Examples.curve()))),
                Arguments.of(
                        "expected best above the optimum",
                        Picture.of(BestOfNChart.of(Examples.round(979, 978, 979.4, 970)))),
                Arguments.of(
                        "expected best of equals",
                        Picture.of(BestOfNChart.of(Examples.round(975.4, 975.4, 975.4)))),
                Arguments.of(
                        "expected best of one", Picture.of(BestOfNChart.of(Examples.round(3)))),
                Arguments.of("normalised", Picture.of(NormalisedChart.of(Examples.normalised()))),
                Arguments.of(
                        "learning curve in a column",
                        LearningCurveChart.of(Examples.crowded()).column()),
                Arguments.of(
                        "expected best in a column", BestOfNChart.of(Examples.curve()).column()),
                Arguments.of(
                        "normalised in a column",
                        NormalisedChart.of(Examples.normalised()).column()),
                Arguments.of("board", BoardPicture.of(Specs.read("noise-world-2.json"))),
                Arguments.of("key board", BoardPicture.of(Specs.read("noise-world-4.json"))),
                Arguments.of(
                        "path",
                        BoardPicture.path(
                                Specs.read("noise-world-4.json"),
                                Examples.walk(true),
                                930,
                                "NoiseWorld4: path",
                                "")),
                Arguments.of(
                        "path of a steered run",
                        BoardPicture.path(
                                Specs.read("noise-world-4.json"),
                                Examples.walk(true),
                                930,
                                "NoiseWorld4: path",
                                "steered by hand: 2 hints, 1 edited prompt, 3 inserted policies,"
                                        + " 1 chosen candidate; a branch of"
                                        + " NoiseWorld4-paper-3f2a91cc-s0 after round 2")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pictures")
    void nothingIsCutAtTheEdges(String name, Picture picture) {
        BufferedImage image =
                new BufferedImage(
                        picture.width() + 2 * AROUND,
                        picture.height() + 2 * AROUND,
                        BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        graphics.translate(AROUND, AROUND);
        picture.paint(graphics);
        graphics.dispose();
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                boolean inside =
                        x >= AROUND
                                && x < AROUND + picture.width()
                                && y >= AROUND
                                && y < AROUND + picture.height();
                if (!inside && image.getRGB(x, y) != Color.WHITE.getRGB()) {
                    throw new AssertionError(
                            name
                                    + " draws outside its canvas, at "
                                    + (x - AROUND)
                                    + ", "
                                    + (y - AROUND));
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pictures")
    void theImageIsNotBlank(String name, Picture picture) {
        BufferedImage image = picture.image(1);
        Set<Integer> colours = new HashSet<>();
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                colours.add(image.getRGB(x, y));
            }
        }
        assertThat(colours).hasSizeGreaterThan(20);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pictures")
    void theSvgIsWellFormedSizedAndTitledAndItsLettersAreOutlines(String name, Picture picture)
            throws Exception {
        Document svg = parse(picture.svg());
        Element root = svg.getDocumentElement();
        assertThat(root.getLocalName()).isEqualTo("svg");
        assertThat(root.getAttribute("width"))
                .isEqualTo(
                        name.endsWith("in a column")
                                ? "90.0mm"
                                : Integer.toString(picture.width()));
        assertThat(root.getAttribute("viewBox"))
                .isEqualTo("0 0 " + picture.width() + " " + picture.height());
        assertThat(root.getElementsByTagName("title").item(0).getTextContent())
                .isEqualTo(picture.description());
        assertThat(root.getElementsByTagName("text").getLength()).isZero();
        assertThat(root.getElementsByTagName("path").getLength()).isGreaterThan(8);
    }

    @Test
    void whereScoresCrowdAtTheTopADetailTellsThemApart() {
        assertThat(LearningCurveChart.of(Examples.crowded()).description())
                .contains("Above: what lies within 5 % of the optimum");
        assertThat(LearningCurveChart.of(Examples.hopeless()).description())
                .doesNotContain("Above");
    }

    @Test
    void scoresAboveTheOptimumAreCalledLuck() {
        assertThat(LearningCurveChart.of(Examples.crowded()).description())
                .contains("above the optimum it is nothing else");
        assertThat(LearningCurveChart.of(Examples.curve()).description())
                .contains("differ by luck too.");
        assertThat(LearningCurveChart.of(Examples.begun()).description()).doesNotContain("luck");
    }

    @Test
    void equalCandidatesAreSaidToBeEqualAndShownWithoutABand() {
        assertThat(BestOfNChart.of(Examples.round(975.4, 975.4, 975.4)).description())
                .contains("All 3 candidates of the first round scored 975.4: one would have done.")
                .doesNotContain("Band");
        assertThat(BestOfNChart.of(Examples.round(975.4, 100, 975.4)).description())
                .contains("the best of 3: 975.4. From n = 2 on the best is within 5 %")
                .contains("Band");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10})
    void theOptimumOfTheExpectedBestIsNamedJustAboveItsLine(int candidates) {
        double[] scores = new double[candidates];
        Arrays.setAll(scores, k -> 900 + k);
        BufferedImage image = Picture.of(BestOfNChart.of(Examples.round(scores))).image(1);
        // The dashed line is the row with the most green; letters fill some rows above it.
        int[] green = new int[image.getHeight()];
        for (int y = 0; y < green.length; y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                green[y] += greenish(new Color(image.getRGB(x, y))) ? 1 : 0;
            }
        }
        int line =
                IntStream.range(0, green.length)
                        .boxed()
                        .max(Comparator.comparing(y -> green[y]))
                        .orElseThrow();
        int far = 0;
        int near = 0;
        for (int y = 0; y < green.length; y++) {
            near += y >= line - 16 && y < line - 3 ? green[y] : 0;
            far += Math.abs(y - line) > 16 ? green[y] : 0;
        }
        assertThat(near).isPositive();
        assertThat(far).isZero();
    }

    /** Also where a thin stroke of green is blended with the paper. */
    private static boolean greenish(Color color) {
        return color.getGreen() - color.getRed() > 50 && color.getGreen() - color.getBlue() > 10;
    }

    @Test
    void aPictureIsSavedByTheEndingOfItsName(@TempDir Path folder) throws Exception {
        Picture picture = BoardPicture.of(Specs.read("noise-world-2.json"));
        Path png = picture.save(folder.resolve("new/board.PNG"));
        assertThat(ImageIO.read(png.toFile()).getWidth()).isEqualTo(2 * picture.width());
        assertThat(Files.readString(picture.save(folder.resolve("board.svg")))).contains("<svg");
        assertThatThrownBy(() -> picture.save(folder.resolve("board.bmp")))
                .hasMessageContaining(".svg or .png; got board.bmp");
    }

    @Test
    void aBoardSaysWhoKnowsWhatItShowsAndWhatItHolds() {
        String words = BoardPicture.of(Specs.read("noise-world-2.json")).description();
        assertThat(words)
                .contains("no prompt is made from it")
                .contains("1 wall")
                .contains("1 death")
                .contains("after 100 steps");
    }

    @Test
    void aPathSaysHowItEnded() {
        assertThat(
                        BoardPicture.path(
                                        Specs.read("noise-world-2.json"),
                                        Examples.walk(false),
                                        950,
                                        "path",
                                        "")
                                .description())
                .contains("return 950.0, ends at the goal");
    }

    private static Document parse(String svg) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }
}
