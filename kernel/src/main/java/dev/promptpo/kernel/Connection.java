package dev.promptpo.kernel;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.dflib.jjava.jupyter.channels.JupyterConnection;
import org.dflib.jjava.jupyter.channels.ShellChannel;
import org.dflib.jjava.jupyter.channels.ShellReplyEnvironment;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.dflib.jjava.jupyter.messages.Message;
import org.dflib.jjava.jupyter.messages.MessageContext;
import org.zeromq.ZMQ;

/**
 * The kernel's sockets.
 *
 * <p>What is published leaves through one thread, in order. A cell's thread must not touch a
 * socket: an interrupt while it sends would close the socket's inner pipe, and the kernel with it.
 */
final class Connection extends JupyterConnection {
    private final ExecutorService publisher =
            Executors.newSingleThreadExecutor(
                    work -> Thread.ofPlatform().daemon().name("publisher").unstarted(work));

    Connection(KernelConnectionProperties properties)
            throws NoSuchAlgorithmException, InvalidKeyException {
        super(properties);
        // A publishing socket drops what a slow reader has not taken; a cell's output is not to be
        // dropped.
        iopub.setSndHWM(0);
    }

    /** Sends a message to all clients, after those that came before. */
    void publish(Message<?> message) {
        try {
            publisher.execute(() -> iopub.sendMessage(message));
        } catch (RejectedExecutionException e) {
            // The connection is closed: nobody is left to read it.
        }
    }

    /** Takes the requests that have already come to the shell. Only for the shell's own thread. */
    List<Message<?>> queuedRequests() {
        List<Message<?>> requests = new ArrayList<>();
        while ((shell.getEvents() & ZMQ.Poller.POLLIN) != 0) {
            requests.add(shell.readMessage());
        }
        return requests;
    }

    ShellReplyEnvironment shellEnvironment(MessageContext context) {
        return prepareReplyEnv(shell, context);
    }

    @Override
    public ShellReplyEnvironment prepareReplyEnv(ShellChannel channel, MessageContext context) {
        return new Environment(channel, context);
    }

    /** Takes nothing more and waits, at most 2 s, until all has been handed to the sockets. */
    void drain() throws InterruptedException {
        publisher.shutdown();
        publisher.awaitTermination(2, TimeUnit.SECONDS);
    }

    /** Answers one request; publishes in order, from any thread. */
    private final class Environment extends ShellReplyEnvironment {
        Environment(ShellChannel channel, MessageContext context) {
            super(channel, Connection.this.stdin, Connection.this.iopub, context);
        }

        @Override
        public void publish(Message<?> message) {
            Connection.this.publish(message);
        }

        // The superclass would publish at once what it was asked to defer.
        @Override
        public void setBusyDeferIdle() {
            setStatusBusy();
            defer(this::setStatusIdle);
        }
    }
}
