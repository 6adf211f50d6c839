package dev.promptpo.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.parser.Parser;

/**
 * Finds the code in a model's reply.
 *
 * <p>Replies are Markdown, so CommonMark decides what a fence is: backticks or tildes, any label,
 * indented or inside a list, closed or cut off. Of several blocks the last that defines the class
 * asked for is taken; else the last that defines any class; else the last. A reply without a fence
 * is taken from its first line of code on, if it defines a class; else its blocks that are indented
 * by four spaces are looked at in the same way.
 */
public final class PolicySource {
    private static final Parser MARKDOWN = Parser.builder().build();
    private static final Pattern ANY_CLASS = Pattern.compile("(?m)^class\\s+\\w+\\s*[:(]");
    private static final Pattern CODE_START =
            Pattern.compile(
                    "(?m)^(?:import\\s+\\w|from\\s+[\\w.]+\\s+import\\s|class\\s+\\w+\\s*[:(]|@\\w)");

    private PolicySource() {}

    /**
     * Finds the source.
     *
     * @param reply the model's reply
     * @param className the class that was asked for
     */
    public static Extraction extract(String reply, String className) {
        String text = reply.replace("\r\n", "\n").replace('\r', '\n').replace("\uFEFF", "");
        List<String> blocks = fencedBlocks(text);
        if (blocks.isEmpty()) {
            return unfenced(text, className);
        }
        return chosen(blocks, className);
    }

    private static Extraction chosen(List<String> blocks, String className) {
        Pattern asked = Pattern.compile("(?m)^class\\s+" + Pattern.quote(className) + "\\s*[:(]");
        return new Extraction.Found(
                lastMatching(blocks, asked)
                        .orElseGet(() -> lastMatching(blocks, ANY_CLASS).orElse(blocks.getLast())));
    }

    private static Optional<String> lastMatching(List<String> blocks, Pattern pattern) {
        return blocks.reversed().stream().filter(b -> pattern.matcher(b).find()).findFirst();
    }

    private static List<String> fencedBlocks(String text) {
        List<String> blocks = new ArrayList<>();
        MARKDOWN.parse(text)
                .accept(
                        new AbstractVisitor() {
                            @Override
                            public void visit(FencedCodeBlock block) {
                                if (!block.getLiteral().isBlank()) {
                                    blocks.add(block.getLiteral().stripIndent());
                                }
                            }
                        });
        return blocks;
    }

    /** Code set off by four spaces, and what is fenced in it: to Markdown its fence is code too. */
    private static List<String> indentedBlocks(String text) {
        List<String> blocks = new ArrayList<>();
        MARKDOWN.parse(text)
                .accept(
                        new AbstractVisitor() {
                            @Override
                            public void visit(IndentedCodeBlock block) {
                                List<String> fenced = fencedBlocks(block.getLiteral());
                                blocks.addAll(
                                        fenced.isEmpty() ? List.of(block.getLiteral()) : fenced);
                            }
                        });
        return blocks;
    }

    private static Extraction unfenced(String text, String className) {
        Matcher start = CODE_START.matcher(text);
        if (ANY_CLASS.matcher(text).find() && start.find()) {
            return new Extraction.Found(text.substring(start.start()).strip() + "\n");
        }
        List<String> indented = indentedBlocks(text);
        if (lastMatching(indented, ANY_CLASS).isPresent()) {
            return chosen(indented, className);
        }
        return new Extraction.Missing(
                text.isBlank()
                        ? "expected the source of class " + className + "; the reply was empty"
                        : "expected a fenced Python block with class "
                                + className
                                + "; the reply held no code");
    }
}
