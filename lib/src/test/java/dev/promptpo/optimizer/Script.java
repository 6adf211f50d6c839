package dev.promptpo.optimizer;

import dev.promptpo.llm.ModelReply;
import dev.promptpo.llm.ModelReply.Answer;
import dev.promptpo.llm.ModelRequest;
import dev.promptpo.llm.ModelSource;
import dev.promptpo.llm.Models;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/** A scripted model that remembers what it was asked. */
final class Script {
    final ConcurrentLinkedQueue<ModelRequest> asked = new ConcurrentLinkedQueue<>();
    private final Map<String, Function<ModelRequest, ModelReply>> replies =
            new ConcurrentHashMap<>();

    /** Answers every role well: policies gain more with each round and candidate. */
    static Script good() {
        Script script = new Script();
        script.on("feedback", code("Feedback", "# tells went right"));
        for (int round = 1; round <= 5; round++) {
            script.on("reflection/" + round, "Better than before round " + round + ".");
            for (int index = 1; index <= 5; index++) {
                script.on(
                        "policy/" + round + "/" + index, policy("# gain " + (10 * round + index)));
            }
        }
        return script;
    }

    static String policy(String directive) {
        return code("LinePolicy", directive);
    }

    static String code(String name, String directive) {
        return "Here.\n```python\nclass %s:\n    %s\n    pass\n```\n".formatted(name, directive);
    }

    Script on(String role, String text) {
        return on(role, request -> Answer.of(text));
    }

    Script on(String role, Function<ModelRequest, ModelReply> reply) {
        replies.put(role, reply);
        return this;
    }

    ModelSource model() {
        return Models.scriptedReplies(request -> {
            asked.add(request);
            Function<ModelRequest, ModelReply> reply = replies.get(request.role());
            if (reply == null) {
                throw new AssertionError("nothing scripted for " + request.role());
            }
            return reply.apply(request);
        });
    }

    List<String> roles() {
        return asked.stream().map(ModelRequest::role).sorted().toList();
    }

    String prompt(String role) {
        return asked.stream()
                .filter(request -> request.role().equals(role))
                .findFirst()
                .orElseThrow(() -> new AssertionError("not asked: " + role))
                .prompt()
                .text();
    }
}
