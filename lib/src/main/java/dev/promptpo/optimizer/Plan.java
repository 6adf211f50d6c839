package dev.promptpo.optimizer;

import dev.promptpo.environment.EnvironmentSpec;
import dev.promptpo.ledger.Ledger;
import dev.promptpo.ledger.RunDocument;
import dev.promptpo.llm.Budget;
import dev.promptpo.llm.LanguageModel;
import dev.promptpo.llm.ModelSource;
import dev.promptpo.llm.RunContext;
import dev.promptpo.rollout.RolloutEngine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** What a run needs besides its settings. */
record Plan(
        EnvironmentSpec spec,
        RunSettings settings,
        Path directory,
        ModelSource model,
        Duration deadline,
        Budget budget,
        Supplier<RolloutEngine> engine,
        SeedSource seeds,
        BiFunction<Path, RunDocument, Ledger> ledger,
        List<RunObserver> observers,
        Optional<Branch> branch) {

    Plan {
        observers = List.copyOf(observers);
    }

    /**
     * Whether a folder holds this run. Earlier versions wrote a relay's folder and a recording's
     * file into the settings: such a run is still the one that it was.
     */
    boolean is(RunDocument found) {
        return (branch.isEmpty() || found.parent().equals(branch.map(Branch::parent)))
                && hasSettings(found);
    }

    private boolean hasSettings(RunDocument found) {
        return found.settingsDigest().equals(settings.digest())
                || found.settingsDigest().equals(settings.withModel(model.name()).digest());
    }

    /** The plan of a run that is only looked at. */
    static Plan toLookAt(Path directory, RunDocument document) {
        RunSettings settings = RunSettings.fromJson(document.settings());
        return new Plan(
                EnvironmentSpec.fromJson(document.specification().toString()),
                settings,
                directory,
                new NotToBeAsked(settings.model()),
                Duration.ZERO,
                Budget.UNLIMITED,
                () -> {
                    throw onlyLookedAt();
                },
                (runSeed, stage, round, episodes) -> {
                    throw onlyLookedAt();
                },
                Ledger::openOrBegin,
                List.of(),
                Optional.empty());
    }

    /** Whether its run is only looked at: nothing may be written, asked or paid for. */
    boolean looking() {
        return model instanceof NotToBeAsked;
    }

    private static IllegalStateException onlyLookedAt() {
        return new IllegalStateException(
                "this run was opened to look at it: start it with PromptPO to go on with it");
    }

    private record NotToBeAsked(String name) implements ModelSource {
        @Override
        public LanguageModel open(RunContext run) {
            throw onlyLookedAt();
        }
    }
}
