package dev.promptpo.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CellRendererTest {
    private final CellRenderer renderer = new CellRenderer();

    record City(String name, int people, Double height) {}

    private static String html(DisplayData data) {
        return (String) data.getData(MIMEType.TEXT_HTML);
    }

    private static byte[] image(String format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB), format, bytes);
        return bytes.toByteArray();
    }

    @Test
    void aListOfRecordsIsATableWithARowForEach() {
        var cities = List.of(new City("A<b>", 1200, 3.5), new City("C", 7, null));
        DisplayData data = renderer.render(cities);
        assertThat(html(data).split("<tr>", -1)).hasSize(4);
        assertThat(html(data))
                .contains(">name</th>", ">people</th>", ">height</th>", "A&lt;b&gt;", "2 rows")
                .containsPattern("text-align:right[^>]*>1200</td>")
                .containsPattern("text-align:left[^>]*>C</td>")
                .contains("title=\"null\"");
        assertThat(data.getData(MIMEType.TEXT_PLAIN)).isEqualTo(cities.toString());
    }

    @Test
    void aMapIsATableOfItsEntriesAndOneOfRecordsIsSpreadOut() {
        assertThat(html(renderer.render(Map.of("k", 1)))).contains(">key</th>", ">value</th>");
        assertThat(html(renderer.render(Map.of("k", new City("X", 1, 2.0)))))
                .contains(">key</th>", ">name</th>", ">people</th>")
                .doesNotContain(">value</th>");
    }

    @Test
    void aRecordIsATableOfItsComponents() {
        assertThat(html(renderer.render(new City("X", 1, 2.0))))
                .contains(">people</td>", ">1</td>", "City");
    }

    @Test
    void mapsInAListMayLackKeysOrHoldNull() {
        Map<String, Object> odd = new LinkedHashMap<>();
        odd.put("a", null);
        odd.put("b", 2);
        assertThat(html(renderer.render(List.of(Map.of("a", 1), odd))))
                .contains(">a</th>", ">b</th>", "title=\"null\"");
    }

    @Test
    void aLongListIsPagedAndAVeryLongOneCut() {
        List<City> many =
                IntStream.range(0, 2345).mapToObj(i -> new City("c" + i, i, 0.0)).toList();
        assertThat(html(renderer.render(many)))
                .contains(
                        "rows 51 to 100", "rows 1951 to 2000", "2,345 rows; the first 2,000 shown")
                .contains(">c1999<")
                .doesNotContain(">c2000<");
    }

    @Test
    void listsOfPlainValuesStayText() {
        DisplayData data = renderer.render(new ArrayList<>(List.of(1, 2)));
        assertThat(html(data)).isNull();
        assertThat(data.getData(MIMEType.TEXT_PLAIN)).isEqualTo("[1, 2]");
        assertThat(html(renderer.render(Collections.emptyMap()))).isNull();
    }

    @ParameterizedTest
    @CsvSource({"png, image/png", "jpg, image/jpeg", "gif, image/gif"})
    void bytesAndFilesOfImagesArePictures(String format, String type, @TempDir Path folder)
            throws Exception {
        byte[] bytes = image(format);
        Object expected = Base64.getEncoder().encodeToString(bytes);
        assertThat(renderer.render(bytes).getData(MIMEType.parse(type))).isEqualTo(expected);
        Path file =
                Files.write(
                        folder.resolve("x." + format.toUpperCase(java.util.Locale.ROOT)), bytes);
        assertThat(renderer.render(file).getData(MIMEType.parse(type))).isEqualTo(expected);
        assertThat(renderer.render(file.toFile()).getData(MIMEType.parse(type)))
                .isEqualTo(expected);
        assertThat(renderer.renderAs(bytes, type).getData(MIMEType.parse(type)))
                .isEqualTo(expected);
    }

    @Test
    void bytesOfAnythingElseShowHowManyAndTheFirst() {
        DisplayData data = renderer.render(new byte[] {1, 2, (byte) 0xFF});
        assertThat(data.getData(MIMEType.TEXT_PLAIN)).isEqualTo("3 bytes: 01 02 ff");
        assertThat(renderer.render(new byte[5000]).getData(MIMEType.TEXT_PLAIN).toString())
                .startsWith("5,000 bytes: 00 00")
                .hasSizeLessThan(150);
        byte[] svg = "<svg/>".getBytes(StandardCharsets.UTF_8);
        assertThat(renderer.renderAs(svg, "image/svg+xml").getData(MIMEType.IMAGE_SVG))
                .isEqualTo("<svg/>");
    }

    @Test
    void filesOfFilmsPlayAndOtherFilesStayNames(@TempDir Path folder) throws IOException {
        Path film = Files.write(folder.resolve("a.mp4"), new byte[] {1, 2, 3});
        assertThat(html(renderer.render(film)))
                .contains("<video controls", "src=\"data:video/mp4;base64,AQID\"");
        Path svg = Files.writeString(folder.resolve("a.svg"), "<svg/>");
        assertThat(renderer.render(svg).getData(MIMEType.IMAGE_SVG)).isEqualTo("<svg/>");
        Path text = Files.writeString(folder.resolve("a.txt"), "x");
        assertThat(renderer.render(text).getData(MIMEType.TEXT_PLAIN)).isEqualTo(text.toString());
        Path none = folder.resolve("none.png");
        assertThat(renderer.render(none).getData(MIMEType.TEXT_PLAIN)).isEqualTo(none.toString());
    }

    @Test
    void jsonIsSentAsJson() {
        assertThat(json("{\"a\": [1, null]}")).isEqualTo("{\"a\":[1,null]}");
        assertThat(json(Map.of("a", List.of(1, "x")))).isEqualTo("{\"a\":[1,\"x\"]}");
        assertThat(json(new City("X", 1, Double.NaN)))
                .isEqualTo("{\"name\":\"X\",\"people\":1,\"height\":\"NaN\"}");
        assertThat(json(new int[][] {{1}, {2}})).isEqualTo("[[1],[2]]");
        assertThatThrownBy(() -> json("{a")).hasMessageStartingWith("no JSON");
        List<Object> endless = new ArrayList<>();
        endless.add(endless);
        assertThatThrownBy(() -> json(endless)).hasMessageContaining("64 deep");
    }

    private String json(Object value) {
        Object data =
                renderer.renderAs(value, "application/json").getData(MIMEType.APPLICATION_JSON);
        assertThat(data).isInstanceOf(com.google.gson.JsonElement.class);
        return JsonParser.parseString(data.toString()).toString();
    }

    @Test
    void whatIsRegisteredWinsOverTheDefault() {
        renderer.createRegistration(City.class)
                .preferring(MIMEType.TEXT_MARKDOWN)
                .register((city, context) -> context.getOutputContainer().putMarkdown("**x**"));
        DisplayData data = renderer.render(new City("X", 1, 2.0));
        assertThat(data.getData(MIMEType.TEXT_MARKDOWN)).isEqualTo("**x**");
        assertThat(html(data)).isNull();
    }
}
