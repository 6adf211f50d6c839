package dev.promptpo.figures;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.environment.ReferenceKind;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** The board of a NoiseWorld with a legend, and the path of an episode on it. */
final class BoardPicture {
    /** What a picture of a board always says: who else knows what it shows. */
    static final String KNOWN =
            "For you: no prompt is made from it. Policies observe the cells, not how likely a move fails.";

    private static final int SIDE = 12;
    private static final int BOARD = 400;
    private static final int LEGEND = 288;
    private static final Color LINE = new Color(0xD5D5CF);
    private static final Color WALL = new Color(0x4A4E54);
    private static final Color GOAL = new Color(0x007A55);
    private static final Color DEATH = new Color(0xB0241C);
    private static final Color FIRST_KEY = new Color(0xBE820A);
    private static final Color SECOND_KEY = new Color(0x7E4098);

    private final EnvironmentSpec spec;
    private final int[][] codes;
    private final Cell start;
    private final TreeMap<Integer, String> names = new TreeMap<>();
    private final double cell;
    private final double left = SIDE + 18;
    private double top;

    /** Row 0 is at the top, column 0 at the left. */
    record Cell(int row, int column) {}

    private BoardPicture(EnvironmentSpec spec) {
        this.spec = spec;
        JsonNode board =
                spec.board()
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        spec.id()
                                                + " has no board to draw; only NoiseWorld"
                                                + " has one"));
        JsonNode rows = board.path("codes");
        codes = new int[rows.size()][];
        for (int row = 0; row < codes.length; row++) {
            codes[row] = new int[rows.get(row).size()];
            for (int column = 0; column < codes[row].length; column++) {
                codes[row][column] = rows.get(row).get(column).asInt();
            }
        }
        start = new Cell(board.path("start").path(0).asInt(), board.path("start").path(1).asInt());
        board.path("names")
                .properties()
                .forEach(entry ->
                        names.put(Integer.valueOf(entry.getKey()), entry.getValue().asText()));
        cell = (double) BOARD / codes.length;
    }

    static Picture of(EnvironmentSpec spec) {
        BoardPicture board = new BoardPicture(spec);
        String headline = spec.id() + ": the board";
        String reading =
                codesInWords(board)
                        + "An episode ends at the goal, on a death, or after "
                        + spec.horizon()
                        + " steps.";
        return board.picture(
                headline + ". " + reading + " " + KNOWN,
                headline,
                List.of(
                        "How each cell treats a move that leaves it; rows and columns count from 0.",
                        KNOWN),
                (graphics, y) -> board.facts(graphics, y));
    }

    /**
     * The path of an episode.
     *
     * @param stamp what in its run a person decided; empty where nobody did
     */
    static Picture path(
            EnvironmentSpec spec,
            List<Cell> cells,
            double episodeReturn,
            String headline,
            String stamp) {
        BoardPicture board = new BoardPicture(spec);
        String summary =
                (cells.size() - 1)
                        + " steps, return "
                        + Numbers.score(episodeReturn)
                        + ", "
                        + board.end(cells)
                        + ".";
        List<String> lines =
                stamp.isEmpty()
                        ? List.of(summary, KNOWN)
                        : List.of(summary, "The run is " + stamp + ".", KNOWN);
        return board.picture(
                headline + ". " + String.join(" ", lines),
                headline,
                lines,
                (graphics, y) -> {
                    board.trail(graphics, cells);
                    board.pathLegend(graphics, y, cells);
                });
    }

    private static String codesInWords(BoardPicture board) {
        int[] counts = new int[16];
        for (int[] row : board.codes) {
            for (int code : row) {
                counts[code]++;
            }
        }
        StringBuilder words = new StringBuilder();
        board.names.forEach(
                (code, name) -> words.append(counts[code]).append(' ').append(name).append("; "));
        words.append("start at the top left. ");
        return words.toString();
    }

    private String end(List<Cell> cells) {
        Cell last = cells.get(cells.size() - 1);
        return switch (codes[last.row()][last.column()]) {
            case 4 -> "ends at the goal";
            case 5 -> "ends on a death";
            default -> "ends when the steps run out";
        };
    }

    private Picture picture(
            String description,
            String headline,
            List<String> paragraphs,
            BiConsumer<Graphics2D, Double> beside) {
        int width = (int) left + BOARD + LEGEND;
        List<String> lines = Typeface.wrap(paragraphs, Typeface.regular(12), width - 2 * SIDE);
        double head = SIDE + 14 * 1.5 + lines.size() * 12 * 1.4 + 26;
        int height = (int) Math.ceil(head + BOARD + SIDE);
        return Picture.of(
                width,
                height,
                description,
                graphics -> {
                    top = head;
                    graphics.setColor(Ink.PAPER);
                    graphics.fill(new Rectangle2D.Double(0, 0, width, height));
                    double y = SIDE;
                    y = text(graphics, headline, Typeface.semiBold(14), Ink.TEXT, SIDE, y, 1.5);
                    for (String line : lines) {
                        y = text(graphics, line, Typeface.regular(12), Ink.MUTED, SIDE, y, 1.4);
                    }
                    board(graphics);
                    beside.accept(graphics, legend(graphics));
                });
    }

    private void board(Graphics2D graphics) {
        for (int row = 0; row < codes.length; row++) {
            for (int column = 0; column < codes[row].length; column++) {
                tile(graphics, codes[row][column], x(column), y(row), cell);
            }
        }
        double inset = cell * .12;
        graphics.setColor(Ink.MUTED);
        graphics.setStroke(new BasicStroke((float) Math.max(1.2, cell * .05)));
        graphics.draw(
                new RoundRectangle2D.Double(
                        x(start.column()) + inset,
                        y(start.row()) + inset,
                        cell - 2 * inset,
                        cell - 2 * inset,
                        cell * .15,
                        cell * .15));
        graphics.setColor(LINE);
        graphics.setStroke(PaperTheme.HAIRLINE);
        graphics.draw(new Rectangle2D.Double(left, top, BOARD, BOARD));
        Font font = Typeface.regular(10);
        int every = codes.length > 20 ? 5 : 1;
        for (int i = 0; i < codes.length; i += every) {
            centred(graphics, Integer.toString(i), font, x(i) + cell / 2, top - 5);
            centred(graphics, Integer.toString(i), font, left - 10, y(i) + cell / 2 + 3.6);
        }
    }

    private void tile(Graphics2D graphics, int code, double x, double y, double size) {
        graphics.setColor(background(code));
        graphics.fill(new Rectangle2D.Double(x, y, size, size));
        graphics.setColor(LINE);
        graphics.setStroke(PaperTheme.HAIRLINE);
        graphics.draw(new Rectangle2D.Double(x, y, size, size));
        double middleX = x + size / 2;
        double middleY = y + size / 2;
        graphics.setStroke(
                new BasicStroke(
                        (float) (size * .09), BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        switch (code) {
            case 4 -> {
                graphics.setColor(GOAL);
                graphics.draw(circle(middleX, middleY, size * .28));
                graphics.fill(circle(middleX, middleY, size * .11));
            }
            case 5 -> {
                graphics.setColor(DEATH);
                double arm = size * .21;
                graphics.draw(
                        new Line2D.Double(
                                middleX - arm, middleY - arm, middleX + arm, middleY + arm));
                graphics.draw(
                        new Line2D.Double(
                                middleX - arm, middleY + arm, middleX + arm, middleY - arm));
            }
            case 6 -> key(graphics, FIRST_KEY, middleX, middleY, size);
            case 7 -> key(graphics, SECOND_KEY, middleX, middleY, size);
            default -> {}
        }
    }

    private static void key(Graphics2D graphics, Color color, double x, double y, double size) {
        graphics.setColor(color);
        graphics.draw(circle(x - size * .16, y, size * .11));
        graphics.draw(new Line2D.Double(x - size * .04, y, x + size * .28, y));
        graphics.draw(new Line2D.Double(x + size * .26, y, x + size * .26, y + size * .12));
        graphics.draw(new Line2D.Double(x + size * .13, y, x + size * .13, y + size * .09));
    }

    private static Color background(int code) {
        return switch (code) {
            case 1 -> new Color(0xFAE2B0);
            case 2 -> new Color(0xC4D8F0);
            case 3 -> WALL;
            case 4 -> new Color(0xBAE2BE);
            case 5 -> new Color(0xF0BEB8);
            default -> new Color(0xF6F6F3);
        };
    }

    /** Draws the legend and returns where what follows it may begin. */
    private double legend(Graphics2D graphics) {
        double x = left + BOARD + 26;
        double y = top + 4;
        double swatch = 20;
        for (var entry : names.entrySet()) {
            tile(graphics, entry.getKey(), x, y, swatch);
            String[] lines = meaning(entry.getKey(), entry.getValue());
            text(graphics, lines[0], Typeface.semiBold(12), Ink.TEXT, x + swatch + 10, y - 3, 1.3);
            text(graphics, lines[1], Typeface.regular(11), Ink.MUTED, x + swatch + 10, y + 12, 1.3);
            y += 38;
        }
        graphics.setColor(Ink.MUTED);
        graphics.setStroke(new BasicStroke(1.6f));
        graphics.draw(new RoundRectangle2D.Double(x + 3, y + 3, swatch - 6, swatch - 6, 4, 4));
        text(graphics, "start", Typeface.semiBold(12), Ink.TEXT, x + swatch + 10, y - 3, 1.3);
        text(
                graphics,
                "where an episode begins",
                Typeface.regular(11),
                Ink.MUTED,
                x + swatch + 10,
                y + 12,
                1.3);
        return y + 46;
    }

    private static String[] meaning(int code, String name) {
        return switch (code) {
            case 0 -> new String[] {"deterministic", "a move always succeeds"};
            case 1 -> new String[] {"stochastic, stays", "a move that fails stays put"};
            case 2 -> new String[] {"stochastic, returns", "a move that fails goes to the start"};
            case 3 -> new String[] {"wall", "no move enters it"};
            case 4 -> new String[] {"goal", "ends the episode, reward"};
            case 5 -> new String[] {"death", "ends the episode, penalty"};
            case 6 -> new String[] {"first key", "to be taken first"};
            case 7 -> new String[] {"second key", "to be taken second"};
            default -> new String[] {name, ""};
        };
    }

    private void facts(Graphics2D graphics, double from) {
        double x = left + BOARD + 26;
        double y = from;
        y = fact(graphics, x, y, "horizon", spec.horizon() + " steps");
        if (spec.references().random().isPresent()) {
            double value = spec.references().random().get().value();
            y = fact(graphics, x, y, "random policy", Numbers.score(value));
        }
        if (spec.references().best().isPresent()) {
            double value = spec.references().best().get().value();
            String name =
                    spec.references().best().get().kind() == ReferenceKind.EXACT
                            ? "optimum"
                            : "best known";
            fact(graphics, x, y, name, Numbers.score(value));
        }
    }

    private static double fact(Graphics2D graphics, double x, double y, String name, String value) {
        text(graphics, name, Typeface.regular(12), Ink.MUTED, x, y, 1.5);
        return text(graphics, value, Typeface.semiBold(12), Ink.TEXT, x + 112, y, 1.5);
    }

    /** The path: each move a segment, repeated ones side by side, returns to the start dashed. */
    private void trail(Graphics2D graphics, List<Cell> cells) {
        float width = (float) Math.max(1.6, cell * .07);
        double[] shift = shifts(cells);
        List<Line2D> jumps = new ArrayList<>();
        Path2D path = new Path2D.Double();
        path.moveTo(x(cells.get(0).column()) + cell / 2, y(cells.get(0).row()) + cell / 2);
        for (int i = 1; i < cells.size(); i++) {
            Cell from = cells.get(i - 1);
            Cell to = cells.get(i);
            double x = x(to.column()) + cell / 2 + shift[i];
            double y = y(to.row()) + cell / 2 + shift[i];
            if (far(from, to)) {
                jumps.add(
                        new Line2D.Double(
                                path.getCurrentPoint().getX(),
                                path.getCurrentPoint().getY(),
                                x,
                                y));
                path.moveTo(x, y);
            } else {
                path.lineTo(x, y);
            }
        }
        graphics.setColor(Ink.faint(Ink.MUTED, 200));
        graphics.setStroke(
                new BasicStroke(
                        1.2f,
                        BasicStroke.CAP_BUTT,
                        BasicStroke.JOIN_ROUND,
                        10,
                        new float[] {3, 3},
                        0));
        jumps.forEach(graphics::draw);
        graphics.setStroke(
                new BasicStroke(width + 2.4f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        graphics.setColor(Ink.faint(Ink.PAPER, 210));
        graphics.draw(path);
        graphics.setStroke(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        graphics.setColor(Ink.BLUE);
        graphics.draw(path);
        waits(graphics, cells);
        Cell first = cells.get(0);
        graphics.setColor(Ink.BLUE);
        graphics.fill(circle(x(first.column()) + cell / 2, y(first.row()) + cell / 2, cell * .16));
        double endX = path.getCurrentPoint().getX();
        double endY = path.getCurrentPoint().getY();
        graphics.setColor(Ink.PAPER);
        graphics.fill(circle(endX, endY, cell * .2));
        graphics.setColor(Ink.BLUE);
        graphics.setStroke(new BasicStroke((float) (cell * .08)));
        graphics.draw(circle(endX, endY, cell * .17));
    }

    /** Small circles where a step left the agent where it was, with how often. */
    private void waits(Graphics2D graphics, List<Cell> cells) {
        TreeMap<Integer, Integer> waited = new TreeMap<>();
        for (int i = 1; i < cells.size(); i++) {
            if (cells.get(i).equals(cells.get(i - 1))) {
                waited.merge(
                        cells.get(i).row() * codes.length + cells.get(i).column(), 1, Integer::sum);
            }
        }
        Font font = Typeface.semiBold(Math.max(8, cell * .26));
        waited.forEach((index, times) -> {
            double x = x(index % codes.length) + cell * .78;
            double y = y(index / codes.length) + cell * .24;
            graphics.setColor(Ink.ORANGE);
            graphics.fill(circle(x, y, cell * .19));
            centred(
                    graphics,
                    Integer.toString(times),
                    font,
                    x,
                    y + font.getSize2D() * .36,
                    Ink.TEXT);
        });
    }

    private void pathLegend(Graphics2D graphics, double from, List<Cell> cells) {
        double x = left + BOARD + 26;
        double y = from;
        graphics.setColor(Ink.BLUE);
        graphics.setStroke(new BasicStroke(2.6f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        graphics.draw(new Line2D.Double(x, y + 8, x + 20, y + 8));
        y = text(graphics, "path of the episode", Typeface.regular(12), Ink.TEXT, x + 30, y, 1.8);
        boolean waited = false;
        boolean jumped = false;
        for (int i = 1; i < cells.size(); i++) {
            Cell a = cells.get(i - 1);
            Cell b = cells.get(i);
            waited |= a.equals(b);
            jumped |= far(a, b);
        }
        if (waited) {
            graphics.setColor(Ink.ORANGE);
            graphics.fill(circle(x + 10, y + 8, 7.5));
            centred(graphics, "2", Typeface.semiBold(10), x + 10, y + 11.6, Ink.TEXT);
            y =
                    text(
                            graphics,
                            "steps that stayed put",
                            Typeface.regular(12),
                            Ink.TEXT,
                            x + 30,
                            y,
                            1.8);
        }
        if (jumped) {
            graphics.setColor(Ink.MUTED);
            graphics.setStroke(
                    new BasicStroke(
                            1.2f,
                            BasicStroke.CAP_BUTT,
                            BasicStroke.JOIN_ROUND,
                            10,
                            new float[] {3, 3},
                            0));
            graphics.draw(new Line2D.Double(x, y + 8, x + 20, y + 8));
            text(graphics, "returns to the start", Typeface.regular(12), Ink.TEXT, x + 30, y, 1.8);
        }
    }

    private static boolean far(Cell a, Cell b) {
        return Math.abs(a.row() - b.row()) + Math.abs(a.column() - b.column()) > 1;
    }

    /** How far aside each cell of a path is drawn, so that a way walked twice is seen twice. */
    private double[] shifts(List<Cell> cells) {
        double[] shifts = new double[cells.size()];
        Set<Cell> walked = new HashSet<>(Set.of(cells.get(0)));
        int lap = 0;
        for (int i = 1; i < cells.size(); i++) {
            Cell to = cells.get(i);
            if (!to.equals(cells.get(i - 1)) && !walked.add(to)) {
                walked = new HashSet<>(Set.of(to));
                lap++;
            }
            // 0, 1, -1, 2, -2, and again: at most a quarter of a cell aside.
            int aside = (lap % 5 + 1) / 2 * (lap % 2 == 0 ? -1 : 1);
            shifts[i] = cell * .11 * aside;
        }
        return shifts;
    }

    private double x(int column) {
        return left + column * cell;
    }

    private double y(int row) {
        return top + row * cell;
    }

    private static Ellipse2D circle(double x, double y, double radius) {
        return new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius);
    }

    private static double text(
            Graphics2D graphics,
            String text,
            Font font,
            Color color,
            double x,
            double top,
            double leading) {
        graphics.setFont(font);
        graphics.setColor(color);
        graphics.drawString(text, (float) x, (float) (top + font.getSize2D()));
        return top + font.getSize2D() * leading;
    }

    private static void centred(
            Graphics2D graphics, String text, Font font, double x, double baseline) {
        centred(graphics, text, font, x, baseline, Ink.MUTED);
    }

    private static void centred(
            Graphics2D graphics, String text, Font font, double x, double baseline, Color color) {
        double width = font.getStringBounds(text, graphics.getFontRenderContext()).getWidth();
        graphics.setFont(font);
        graphics.setColor(color);
        graphics.drawString(text, (float) (x - width / 2), (float) baseline);
    }
}
