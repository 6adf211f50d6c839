package dev.promptpo.figures;

import dev.promptpo.llm.Price;
import dev.promptpo.optimizer.Run;
import dev.promptpo.optimizer.RunEvent;
import dev.promptpo.optimizer.RunObserver;
import dev.promptpo.rollout.Purpose;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Shows every run of the process while it works: one display in the cell that drives it, updated in
 * place at most four times a second.
 */
final class LiveDisplay implements RunObserver, AutoCloseable {
    /** Where displays go: a notebook's cell. */
    interface Screen {
        /** Shows a new display. */
        void show(String id, String html, String text);

        /** Shows it in place of what the display showed. */
        void update(String id, String html, String text);
    }

    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Screen screen;
    private final Map<Run, Shown> shown = new WeakHashMap<>();
    private final ScheduledExecutorService later =
            Executors.newSingleThreadScheduledExecutor(task -> {
                Thread thread = new Thread(task, "run-display");
                thread.setDaemon(true);
                return thread;
            });
    private final Future<?> clock;

    LiveDisplay(Screen screen) {
        this.screen = screen;
        // A model may think for minutes: the clock in the display goes on meanwhile.
        this.clock = later.scheduleWithFixedDelay(this::tick, 1, 1, TimeUnit.SECONDS);
    }

    @Override
    public synchronized void on(RunEvent event) {
        if (drawing(event)) {
            return;
        }
        Shown display = shown.computeIfAbsent(event.run(), run -> new Shown());
        display.busy = busy(event, display.busy);
        switch (event) {
            case RunEvent.RunStarted started -> display.begin(started.run());
            case RunEvent.Resumed resumed -> {
                display.note =
                        "continues an earlier session"
                                + (resumed.inFlight().isEmpty()
                                        ? ""
                                        : "; done again, for it was cut off: "
                                                + resumed.inFlight().size()
                                                + " in flight");
                draw(resumed.run(), display, false);
            }
            case RunEvent.RoundStarted round -> {
                // Each call that drives the run has its display in its own cell.
                if (!display.open) {
                    display.open(round.run());
                }
                draw(round.run(), display, false);
            }
            case RunEvent.RequestStarted request ->
                    working(request.run(), display, request.role(), "asked");
            case RunEvent.RequestRetried retried -> {
                working(retried.run(), display, retried.role(), "retry");
                display.note =
                        retried.role()
                                + ": "
                                + retried.failure().message()
                                + "; again in "
                                + duration(retried.pause().toNanos());
            }
            case RunEvent.BudgetWarning warning -> {
                display.note = warning.message();
                draw(warning.run(), display, false);
            }
            case RunEvent.ReplyReceived reply ->
                    working(reply.run(), display, reply.role(), "reply");
            case RunEvent.RolloutStarted rollout -> {
                display.doing = doing(rollout.purpose());
                working(rollout.run(), display, rollout.role(), "runs");
            }
            case RunEvent.RolloutProgress progress -> {
                if (progress.purpose() == Purpose.SEARCH) {
                    working(
                            progress.run(),
                            display,
                            progress.role(),
                            progress.episodes() + "/" + progress.run().settings().episodes());
                }
            }
            case RunEvent.RolloutFinished finished -> draw(finished.run(), display, false);
            case RunEvent.CandidateFinished finished -> {
                display.working.remove(
                        finished.candidate().round() + "/" + finished.candidate().index());
                display.finishedHere++;
                draw(finished.run(), display, false);
            }
            case RunEvent.Intervened intervened -> draw(intervened.run(), display, false);
            case RunEvent.RoundClosed closed -> draw(closed.run(), display, false);
            case RunEvent.Evaluated evaluated -> draw(evaluated.run(), display, false);
            case RunEvent.RunStopped stopped -> {
                display.note = "stopped: " + stopped.reason();
                display.ended = true;
                draw(stopped.run(), display, true);
                display.open = false;
            }
            case RunEvent.RunClosed closed -> {
                display.note =
                        closed.run().endedByBudget().map(end -> "ended: " + end).orElse("finished");
                display.ended = true;
                draw(closed.run(), display, true);
                display.open = false;
            }
        }
    }

    /** An episode that is rolled out to be looked at is no part of a run's way to its end. */
    private static boolean drawing(RunEvent event) {
        return switch (event) {
            case RunEvent.RolloutStarted started -> started.purpose() == Purpose.RENDER;
            case RunEvent.RolloutProgress progress -> progress.purpose() == Purpose.RENDER;
            case RunEvent.RolloutFinished finished -> finished.purpose() == Purpose.RENDER;
            default -> false;
        };
    }

    /** Whether the run is at work after an event: between two calls that drive it, it is not. */
    private static boolean busy(RunEvent event, boolean before) {
        return switch (event) {
            case RunEvent.RoundStarted started -> true;
            case RunEvent.RolloutStarted started -> true;
            case RunEvent.RoundClosed closed -> false;
            case RunEvent.Evaluated evaluated -> false;
            case RunEvent.RunStopped stopped -> false;
            case RunEvent.RunClosed closed -> false;
            default -> before;
        };
    }

    private static String doing(Purpose purpose) {
        return switch (purpose) {
            case SEARCH -> "";
            case VALIDATION -> "validating the winner";
            case AUDIT -> "re-rolling the winner";
            case HELDOUT -> "measuring the result on held-out episodes";
            case RENDER -> "drawing";
            case EVALUATE -> "evaluating";
        };
    }

    private void working(Run run, Shown display, String role, String what) {
        String[] parts = role.split("/", -1);
        boolean candidate =
                (parts[0].equals("policy") && parts.length == 3)
                        || (parts[0].equals("repair") && parts.length == 4);
        if (candidate) {
            display.working.put(parts[1] + "/" + parts[2], what);
        }
        draw(run, display, false);
    }

    /** Draws now, or a moment later where the last drawing was a moment ago. */
    private void draw(Run run, Shown display, boolean now) {
        if (!display.open) {
            return;
        }
        long wait = display.lastDrawn + EVERY_NANOS - System.nanoTime();
        if (now || wait <= 0) {
            display.draw(run);
        } else if (display.next.isDone()) {
            display.next = later.schedule(() -> drawWaiting(run), wait, TimeUnit.NANOSECONDS);
        }
    }

    private synchronized void tick() {
        shown.forEach((run, display) -> {
            if (display.open && display.busy) {
                draw(run, display, false);
            }
        });
    }

    private synchronized void drawWaiting(Run run) {
        Shown display = shown.get(run);
        if (display != null && display.open) {
            display.draw(run);
        }
    }

    @Override
    public void close() {
        clock.cancel(false);
        later.shutdownNow();
    }

    private static String duration(long nanos) {
        long seconds = Math.round(nanos / 1e9);
        return seconds < 120 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
    }

    /** One run's display in one cell. */
    private final class Shown {
        private final Map<String, String> working = new HashMap<>();
        private String id = "";
        private String note = "";
        private String doing = "";
        private Optional<Price> price = Optional.empty();
        private boolean open;
        private boolean ended;
        private boolean busy;
        private Future<?> next = CompletableFuture.completedFuture("");
        private int finishedHere;
        private long began = System.nanoTime();
        private long lastDrawn;

        /** A run that is finished already is shown as it is; else its first round opens it. */
        void begin(Run run) {
            if (run.over()) {
                ended = true;
                note =
                        run.endedByBudget()
                                .map(end -> "ended before: " + end)
                                .orElse("finished before; nothing was asked or run again");
                open(run);
                open = false;
            }
        }

        void open(Run run) {
            id = UUID.randomUUID().toString();
            ended = run.over();
            open = true;
            began = System.nanoTime();
            finishedHere = 0;
            lastDrawn = System.nanoTime();
            // Looked up once: it may be in a file, and drawings are many.
            price = RunView.price(run);
            RunView view = new RunView(run, working, status(run), price);
            screen.show(id, view.html(), view.text());
        }

        void draw(Run run) {
            lastDrawn = System.nanoTime();
            RunView view = new RunView(run, ended ? Map.of() : working, status(run), price);
            screen.update(id, view.html(), view.text());
        }

        private String status(Run run) {
            long elapsed = System.nanoTime() - began;
            int total = 0;
            int done = 0;
            for (int round = 1; round <= run.settings().rounds(); round++) {
                int here = run.candidates(round).size();
                done += here;
                // A branch took over rounds of its parent's N; inserted policies come on top.
                total +=
                        round <= run.rounds().size()
                                ? here
                                : Math.max(here, run.settings().candidates());
            }
            StringBuilder text = new StringBuilder();
            text.append(done).append(" of ").append(total).append(" candidates");
            if (!ended || finishedHere > 0) {
                text.append(", ").append(duration(elapsed)).append(" elapsed");
            }
            if (!ended && finishedHere > 0 && done < total) {
                text.append(", about ")
                        .append(duration(elapsed / finishedHere * (total - done)))
                        .append(" left");
            }
            if (!ended && done == total && !doing.isEmpty()) {
                text.append(", ").append(doing);
            }
            if (!note.isEmpty()) {
                text.append(" \u00b7 ").append(note);
            }
            return text.toString();
        }
    }
}
