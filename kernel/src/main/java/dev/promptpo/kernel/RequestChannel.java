package dev.promptpo.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.dflib.jjava.jupyter.channels.JupyterConnection;
import org.dflib.jjava.jupyter.channels.ShellChannel;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.dflib.jjava.jupyter.messages.HMACGenerator;
import org.dflib.jjava.jupyter.messages.Message;
import org.zeromq.ZMQ;

/**
 * A socket on which requests come, and the thread that answers them one by one. Unlike its
 * superclass it takes a request when it comes, not at the next twentieth of a second, and drops a
 * message that it cannot trust or read, where that would end the superclass's thread.
 */
final class RequestChannel extends ShellChannel {
    private final boolean control;
    private final ZMQ.Context context;
    private final Reserve reserve;
    private final Consumer<Message<?>> handler;

    RequestChannel(
            ZMQ.Context context,
            HMACGenerator signatures,
            boolean control,
            JupyterConnection connection,
            Reserve reserve,
            Consumer<Message<?>> handler) {
        super(context, signatures, control, connection);
        this.control = control;
        this.context = context;
        this.reserve = reserve;
        this.handler = handler;
    }

    @Override
    public void bind(KernelConnectionProperties properties) {
        int port = control ? properties.getControlPort() : properties.getShellPort();
        bind(formatAddress(properties.getTransport(), properties.getIp(), port));
        Thread.ofPlatform().daemon().name(control ? "control" : "shell").start(this::serve);
    }

    // Whatever a request does, the next one must find this thread.
    private void serve() {
        ZMQ.Poller poller = context.poller(1);
        poller.register(this, ZMQ.Poller.POLLIN);
        Runnable next =
                () -> {
                    if (poller.poll(-1) > 0) {
                        read().ifPresent(this::handle);
                    }
                };
        while (true) {
            reserve.persist(next);
        }
    }

    @Override
    public void sendMessage(Message<?> message) {
        reserve.persist(() -> super.sendMessage(message));
    }

    private void handle(Message<?> message) {
        try {
            handler.accept(message);
        } catch (Throwable e) {
            warn("A request could not be answered", e);
        }
    }

    private Optional<Message<?>> read() {
        try {
            return Optional.of(readMessage());
        } catch (RuntimeException | LinkageError e) {
            warn("Dropped a message: " + e, null);
            return Optional.empty();
        }
    }

    /** Notes something in the process's log, with a trace where there is one. */
    void warn(String what, Throwable trace) {
        try {
            logger.warn(what, trace);
        } catch (Throwable e) {
            // That a log cannot be written, for want of memory say, is no reason to end either.
        }
    }

    /** Takes the requests that have already come. Only for this channel's own thread. */
    List<Message<?>> queued() {
        List<Message<?>> requests = new ArrayList<>();
        while ((getEvents() & ZMQ.Poller.POLLIN) != 0) {
            read().ifPresent(requests::add);
        }
        return requests;
    }
}
