package dev.promptpo.figures;

import java.awt.Dimension;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.knowm.xchart.internal.chartpart.Chart;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * A drawing that leaves as SVG and as PNG, both from the same strokes.
 *
 * <p>In the SVG, letters are outlines: it looks the same in every browser and program, whatever
 * fonts they have. What is written can be read from {@link #description}, which is also the title
 * of the SVG and what {@link #toString} prints where there is no browser.
 */
public final class Picture {
    private static final String SVG = "http://www.w3.org/2000/svg";

    private final int width;
    private final int height;
    private final String description;
    private final Consumer<Graphics2D> painter;
    private final OptionalDouble printed;

    private Picture(
            int width,
            int height,
            String description,
            Consumer<Graphics2D> painter,
            OptionalDouble printed) {
        this.width = width;
        this.height = height;
        this.description = description;
        this.painter = painter;
        this.printed = printed;
    }

    /**
     * A drawing.
     *
     * @param width in CSS pixels
     * @param height in CSS pixels
     * @param description what is to be seen, in words
     * @param painter draws it, on a canvas of that size; called once for each form it leaves in
     */
    public static Picture of(
            int width, int height, String description, Consumer<Graphics2D> painter) {
        return new Picture(width, height, description, painter, OptionalDouble.empty());
    }

    /**
     * The same drawing with its width on paper, which its SVG then says in place of pixels.
     *
     * @param millimetres width on paper
     */
    public Picture printed(double millimetres) {
        return new Picture(width, height, description, painter, OptionalDouble.of(millimetres));
    }

    /** An XChart chart at its own size. */
    public static Picture of(Chart<?, ?> chart) {
        int width = chart.getWidth();
        int height = chart.getHeight();
        return of(
                width,
                height,
                chart instanceof ThemedChart themed ? themed.description() : title(chart),
                graphics -> chart.paint(graphics, width, height));
    }

    /** Draws it, on a canvas of {@link #width} by {@link #height}. */
    public void paint(Graphics2D graphics) {
        painter.accept(graphics);
    }

    private static String title(Chart<?, ?> chart) {
        String title = chart.getTitle();
        return title == null || title.isBlank() ? "chart" : title;
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /** What is to be seen, in words. */
    public String description() {
        return description;
    }

    /** The drawing as an SVG document. */
    public String svg() {
        SVGGeneratorContext context = SVGGeneratorContext.createDefault(document());
        context.setComment(null);
        context.setPrecision(2);
        SVGGraphics2D graphics = new SVGGraphics2D(context, true);
        graphics.setSVGCanvasSize(new Dimension(width, height));
        painter.accept(graphics);
        Element root = graphics.getRoot();
        root.setAttribute("viewBox", "0 0 " + width + " " + height);
        root.setAttribute("role", "img");
        printed.ifPresent(millimetres -> {
            root.setAttribute("width", millimetres + "mm");
            root.setAttribute("height", millimetres * height / width + "mm");
        });
        Element title = root.getOwnerDocument().createElementNS(SVG, "title");
        title.setTextContent(description);
        root.insertBefore(title, root.getFirstChild());
        StringWriter writer = new StringWriter();
        try {
            graphics.stream(root, writer, true, false);
        } catch (IOException e) {
            throw new UncheckedIOException("a string never fails to be written", e);
        }
        graphics.dispose();
        // Without Batik's document type, which names a file on the network.
        String document = writer.toString();
        return document.substring(document.indexOf("<svg"));
    }

    /** The drawing as PNG at two pixels for each CSS pixel, sharp on dense screens. */
    public byte[] png() {
        return png(2);
    }

    /** The drawing as PNG at so many pixels for each CSS pixel. */
    public byte[] png(double scale) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // A plain stream would be buffered in a temporary file.
        try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(image(scale), "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException("memory never fails to be written", e);
        }
        return bytes.toByteArray();
    }

    /** The drawing as an image. */
    public BufferedImage image(double scale) {
        BufferedImage image =
                new BufferedImage(
                        (int) Math.ceil(width * scale),
                        (int) Math.ceil(height * scale),
                        BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(
                RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(
                RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(
                RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        graphics.setRenderingHint(
                RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.setColor(Ink.PAPER);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        graphics.scale(scale, scale);
        painter.accept(graphics);
        graphics.dispose();
        return image;
    }

    /**
     * Writes the drawing to a file; its name ends in {@code .svg} or {@code .png}.
     *
     * @return the file
     * @throws IllegalArgumentException for another ending
     * @throws UncheckedIOException when it cannot be written
     */
    public Path save(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        byte[] bytes;
        if (name.endsWith(".svg")) {
            bytes = svg().getBytes(StandardCharsets.UTF_8);
        } else if (name.endsWith(".png")) {
            bytes = png();
        } else {
            throw new IllegalArgumentException(
                    "a picture is saved as .svg or .png; got " + file.getFileName());
        }
        try {
            if (file.toAbsolutePath().getParent() != null) {
                Files.createDirectories(file.toAbsolutePath().getParent());
            }
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    @Override
    public String toString() {
        return description;
    }

    private static Document document() {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .getDOMImplementation()
                    .createDocument(SVG, "svg", null);
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("every Java platform parses XML", e);
        }
    }
}
