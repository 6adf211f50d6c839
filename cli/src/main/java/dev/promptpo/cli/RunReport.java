package dev.promptpo.cli;

import dev.promptpo.analysis.Curves;
import dev.promptpo.analysis.Interval;
import dev.promptpo.analysis.LearningCurve;
import dev.promptpo.analysis.Tables;
import dev.promptpo.environment.EnvironmentSpec.Reference;
import dev.promptpo.optimizer.Evaluation;
import dev.promptpo.optimizer.Run;
import java.util.Locale;
import java.util.Optional;

/** A finished or unfinished run in words and a table. */
final class RunReport {
    private RunReport() {}

    static String text(Run run) {
        StringBuilder text = new StringBuilder();
        text.append(run).append("\n\n");
        text.append(Tables.rounds(run.directory()).print(100)).append('\n');
        run.heldout().ifPresent(evaluation -> text.append('\n').append(heldout(run, evaluation)));
        return text.toString();
    }

    private static String heldout(Run run, Evaluation evaluation) {
        if (evaluation.score().isEmpty()) {
            return "The best policy failed on held-out episodes: "
                    + evaluation.failure().orElse("it says nothing of why");
        }
        LearningCurve curve = Curves.learning(run);
        StringBuilder text =
                new StringBuilder("Held-out " + curve.measure() + " of the best policy: ");
        text.append(
                curve.finalHeldout()
                        .map(Interval::toString)
                        .orElseGet(() -> Digits.few(evaluation.score()) + " (one episode)"));
        if (curve.measure().equals("return")) {
            reference("random policy", curve.references().random(), text);
            reference("best known", curve.references().best(), text);
        }
        return text.toString();
    }

    private static void reference(String name, Optional<Reference> reference, StringBuilder text) {
        reference.ifPresent(r ->
                text.append(
                        String.format(Locale.ROOT, "\n%s %.2f (%s)", name, r.value(), r.kind())));
    }
}
