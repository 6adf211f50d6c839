package dev.promptpo.kernel.magic;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dflib.jjava.jupyter.kernel.magic.CellMagicArgs;
import org.dflib.jjava.jupyter.kernel.magic.LineMagicArgs;
import org.dflib.jjava.jupyter.kernel.magic.MagicParser;
import org.dflib.jjava.jupyter.kernel.magic.MagicTranspiler;
import org.dflib.jjava.jupyter.kernel.magic.ParsedCellMagic;
import org.dflib.jjava.jupyter.kernel.magic.ParsedLineMagic;

/**
 * Finds magics in a cell and puts Java in their places, line for line.
 *
 * <p>Differs from the framework's own parser in what it leaves of an argument (see {@link
 * Arguments}), and in what a magic has to be: a name right behind the percent sign.
 */
public final class MagicSyntax extends MagicParser {
    private static final String CELL = "%%";
    private static final Pattern CELL_MAGIC =
            Pattern.compile("\\s*%%([A-Za-z]\\w*)[ \\t]*([^\\n]*)(?:\\n(.*))?", Pattern.DOTALL);
    private static final Pattern LINE_MAGIC =
            Pattern.compile("(?m)(^[ \\t]*|=[ \\t]*)%([A-Za-z]\\w*)(?:[ \\t]+([^\\n]*))?$");

    private final MagicTranspiler transpiler = new MagicTranspiler();

    public MagicSyntax() {
        super("(?<=(?:^|=))\\s*%", CELL, new MagicTranspiler());
    }

    @Override
    public String resolveMagics(String source) {
        Matcher cell = CELL_MAGIC.matcher(source);
        if (cell.matches()) {
            String body = cell.group(3) == null ? "" : cell.group(3);
            return transpiler.transpileCell(
                    new ParsedCellMagic(
                            new CellMagicArgs(cell.group(1), Arguments.split(cell.group(2)), body),
                            cell.group(2),
                            source));
        }
        return LINE_MAGIC
                .matcher(source)
                .replaceAll(line ->
                        Matcher.quoteReplacement(
                                line.group(1)
                                        + transpiler.transpileLine(
                                                new ParsedLineMagic(
                                                        new LineMagicArgs(
                                                                line.group(2),
                                                                Arguments.split(
                                                                        line.group(3) == null
                                                                                ? ""
                                                                                : line.group(3))),
                                                        line.group(),
                                                        source,
                                                        ""))));
    }
}
