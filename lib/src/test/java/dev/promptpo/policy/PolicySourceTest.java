package dev.promptpo.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PolicySourceTest {

    private static final String CODE = "class P:\n    def act(self, obs):\n        return 0\n";

    static Stream<Arguments> repliesWithCode() {
        return Stream.of(
                Arguments.of("plain fence", "```\n" + CODE + "```\n", CODE),
                Arguments.of("python label", "Here:\n\n```python\n" + CODE + "```", CODE),
                Arguments.of("other label", "```Py3 title=x\n" + CODE + "```", CODE),
                Arguments.of("tildes", "~~~python\n" + CODE + "~~~", CODE),
                Arguments.of("longer fence", "````python\n" + CODE + "````", CODE),
                Arguments.of(
                        "fence without a blank line before",
                        "Sure.\n```python\n" + CODE + "```",
                        CODE),
                Arguments.of(
                        "carriage returns",
                        ("```python\n" + CODE + "```").replace("\n", "\r\n"),
                        CODE),
                Arguments.of("byte order mark", "\uFEFF```python\n" + CODE + "```", CODE),
                Arguments.of("indented by three", ("```python\n" + CODE + "```").indent(3), CODE),
                Arguments.of(
                        "inside a list",
                        "1. The policy:\n\n" + ("```python\n" + CODE + "```").indent(3),
                        CODE),
                Arguments.of("cut off before the closing fence", "```python\n" + CODE, CODE),
                Arguments.of(
                        "several, one has the class",
                        "```python\nprint(1)\n```\n```python\n" + CODE + "```\n```\n$ run it\n```",
                        CODE),
                Arguments.of(
                        "several with the class: the last",
                        "```python\nclass P: pass\n```\nBetter:\n```python\n" + CODE + "```",
                        CODE),
                Arguments.of(
                        "a class of another name",
                        "```sh\nls\n```\n```python\nclass Q:\n    pass\n```",
                        "class Q:\n    pass\n"),
                Arguments.of(
                        "no class at all: left to the rollout to refuse",
                        "```python\ndef act(obs):\n    return 0\n```",
                        "def act(obs):\n    return 0\n"),
                Arguments.of(
                        "unfenced with prose before",
                        "Here is my policy.\n\nimport numpy as np\n" + CODE,
                        "import numpy as np\n" + CODE),
                Arguments.of(
                        "unfenced with carriage returns",
                        ("Here it is.\n\n" + CODE).replace("\n", "\r\n"),
                        CODE),
                Arguments.of(
                        "prose before and after",
                        "I would go down first.\n\n```python\n"
                                + CODE
                                + "```\n\nIt is a class P that never turns.",
                        CODE),
                Arguments.of(
                        "prose between two fences, of which the first has the class",
                        "```python\n"
                                + CODE
                                + "```\nTo try it:\n```python\nprint(P().act(None))\n```",
                        CODE),
                Arguments.of(
                        "indented by four, which is code without a fence",
                        "The policy:\n\n" + CODE.indent(4),
                        CODE),
                Arguments.of(
                        "a fence indented by four",
                        "The policy:\n\n" + ("```python\n" + CODE + "```").indent(4),
                        CODE),
                Arguments.of(
                        "unfenced, with a class inside the class",
                        "class P:\n    x = 1\n\n    class Q:\n        pass\n",
                        "class P:\n    x = 1\n\n    class Q:\n        pass\n"),
                Arguments.of("an unknown label", "```text\n" + CODE + "```", CODE),
                Arguments.of(
                        "a tilde fence around backticks",
                        "~~~python\nclass P:\n    \"\"\"```\"\"\"\n~~~",
                        "class P:\n    \"\"\"```\"\"\"\n"),
                Arguments.of("unfenced alone", CODE, CODE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("repliesWithCode")
    void findsTheSource(String name, String reply, String expected) {
        assertThat(PolicySource.extract(reply, "P")).isEqualTo(new Extraction.Found(expected));
    }

    @Test
    void saysThatProseHoldsNoCode() {
        assertThat(PolicySource.extract("I would go down and right, class dismissed.", "P"))
                .isEqualTo(
                        new Extraction.Missing(
                                "expected a fenced Python block with class P; the reply held no"
                                        + " code"));
    }

    @Test
    void saysThatAnEmptyReplyIsEmpty() {
        assertThat(PolicySource.extract(" \n", "P"))
                .isEqualTo(
                        new Extraction.Missing(
                                "expected the source of class P; the reply was empty"));
    }

    @Test
    void skipsAnEmptyFence() {
        assertThat(PolicySource.extract("```python\n```", "P"))
                .isInstanceOf(Extraction.Missing.class);
    }
}
