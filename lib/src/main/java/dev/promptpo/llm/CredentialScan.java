package dev.promptpo.llm;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds what looks like a credential in a text that is to be kept or shared. */
final class CredentialScan {
    private record Shape(String what, Pattern pattern) {}

    private static final List<Shape> SHAPES =
            List.of(
                    shape("an Anthropic key", "sk-ant-[A-Za-z0-9_-]{16,}"),
                    shape("an OpenAI key", "\\bsk-[A-Za-z0-9_-]{20,}"),
                    shape("a Google key", "\\bAIza[A-Za-z0-9_-]{30,}"),
                    shape("a Google token", "\\bya29\\.[A-Za-z0-9_-]{20,}"),
                    shape("a GitHub token", "\\bgh[pousr]_[A-Za-z0-9]{20,}"),
                    shape("an AWS key", "\\bAKIA[A-Z0-9]{16}\\b"),
                    shape("a Hugging Face token", "\\bhf_[A-Za-z0-9]{20,}"),
                    shape("a bearer token", "(?i)\\bbearer\\s+[A-Za-z0-9._~+/-]{16,}"),
                    shape("a private key", "-----BEGIN [A-Z ]*PRIVATE KEY-----"));

    private CredentialScan() {}

    /** What was found, named by its kind and never quoted. */
    static Optional<String> find(String text) {
        return find(text, System.getenv());
    }

    static Optional<String> find(String text, Map<String, String> environment) {
        for (Shape shape : SHAPES) {
            if (shape.pattern().matcher(text).find()) {
                return Optional.of("what looks like " + shape.what());
            }
        }
        for (ProviderKind kind : ProviderKind.values()) {
            for (String variable : kind.keyVariables()) {
                String key = environment.getOrDefault(variable, "");
                if (key.length() >= 8 && text.contains(key)) {
                    return Optional.of("the value of " + variable);
                }
            }
        }
        return Optional.empty();
    }

    private static Shape shape(String what, String pattern) {
        return new Shape(what, Pattern.compile(pattern));
    }
}
