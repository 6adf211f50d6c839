package dev.promptpo.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Makes Ctrl-C, and a request to end, an interrupt of the thread that runs the command, so that it
 * can say what is kept. A second one, or a command that does not react, ends the process at once.
 */
final class Signals {
    private static final long GRACE_MILLIS = 8_000;

    private final Thread command;
    private final PrintWriter err;
    private volatile int received;

    private Signals(Thread command, PrintWriter err) {
        this.command = command;
        this.err = err;
    }

    /** Interrupts the calling thread from now on. */
    static Signals interruptThisThread(PrintWriter err) {
        Signals signals = new Signals(Thread.currentThread(), err);
        for (String name : List.of("INT", "TERM")) {
            Signal signal = new Signal(name);
            SignalHandler before = Signal.handle(signal, signals::arrived);
            if (before == SignalHandler.SIG_IGN) {
                // As in a shell's background, where Ctrl-C is meant for another program.
                Signal.handle(signal, before);
            }
        }
        return signals;
    }

    /** The exit code: a shell expects 128 and the signal's number of what a signal has ended. */
    int exitCode(int ofCommand) {
        return received == 0 || ofCommand == ExitCodes.OK ? ofCommand : ExitCodes.SIGNAL + received;
    }

    private synchronized void arrived(Signal signal) {
        if (received != 0) {
            endNow();
            return;
        }
        received = signal.getNumber();
        command.interrupt();
        Thread.ofPlatform().daemon().name("last-word").start(this::endUnlessItReacts);
    }

    private void endUnlessItReacts() {
        try {
            TimeUnit.MILLISECONDS.sleep(GRACE_MILLIS);
        } catch (InterruptedException e) {
            return;
        }
        endNow();
    }

    private void endNow() {
        err.println("promptpo: interrupted at once; what was written until now is kept");
        err.flush();
        Runtime.getRuntime().halt(ExitCodes.SIGNAL + received);
    }
}
