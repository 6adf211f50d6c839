package dev.promptpo.cli;

import dev.promptpo.llm.ModelReply;
import dev.promptpo.optimizer.Candidate;
import dev.promptpo.optimizer.InFlight;
import dev.promptpo.optimizer.RoundSummary;
import dev.promptpo.optimizer.RunEvent;
import dev.promptpo.optimizer.RunObserver;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Tells of a run line by line, on the error stream, so that the output holds results alone. */
final class ProgressLines implements RunObserver {
    private final PrintWriter err;

    ProgressLines(PrintWriter err) {
        this.err = err;
    }

    @Override
    public void on(RunEvent event) {
        switch (event) {
            case RunEvent.RunStarted started -> line("run folder: %s", started.run().directory());
            case RunEvent.Resumed resumed -> resumed(resumed);
            case RunEvent.RoundStarted started ->
                    line("round %d of %d", started.round(), started.run().settings().rounds());
            case RunEvent.RequestRetried retried ->
                    line(
                            "  %s: %s; asking again in %.1f s",
                            retried.role(),
                            retried.failure().message(),
                            retried.pause().toMillis() / 1000.0);
            case RunEvent.BudgetWarning warning -> line("budget: %s", warning.message());
            case RunEvent.ReplyReceived received -> reply(received);
            case RunEvent.CandidateFinished finished -> candidate(finished.candidate());
            case RunEvent.Intervened intervened -> line("by hand: %s", intervened.intervention());
            case RunEvent.RoundClosed closed -> round(closed.round());
            case RunEvent.Evaluated evaluated ->
                    evaluated
                            .evaluation()
                            .score()
                            .ifPresent(score ->
                                    line(
                                            "measured on %d held-out episodes: %.3f",
                                            evaluated.evaluation().returns().size(), score));
            // Whoever drives the run says why, once.
            case RunEvent.RunStopped ignored -> {}
            case RunEvent.RequestStarted ignored -> {}
            case RunEvent.RolloutStarted ignored -> {}
            case RunEvent.RolloutProgress ignored -> {}
            case RunEvent.RolloutFinished ignored -> {}
            case RunEvent.RunClosed closed ->
                    closed.run().endedByBudget().ifPresent(end -> line("ended: %s", end));
        }
    }

    private void resumed(RunEvent.Resumed resumed) {
        List<InFlight> inFlight = resumed.inFlight();
        line(
                "going on with an earlier session; %s",
                inFlight.isEmpty()
                        ? "nothing was in flight"
                        : inFlight.size() + " in flight then are done again");
        resumed.repair().ifPresent(repair -> line("%s", repair));
    }

    private void reply(RunEvent.ReplyReceived received) {
        if (received.reply() instanceof ModelReply.NoAnswer none) {
            line("  %s: no answer (%s): %s", received.role(), none.reason(), none.message());
        }
    }

    private void candidate(Candidate candidate) {
        line("  %s", candidate);
    }

    private void round(RoundSummary round) {
        line(
                "round %d closed: %s",
                round.round(),
                round.winner().map(w -> "best is " + w).orElse("no candidate completed"));
        if (!round.note().isBlank()) {
            line("  %s", round.note());
        }
    }

    private void line(String format, Object... arguments) {
        err.println(String.format(Locale.ROOT, format, arguments));
    }
}
