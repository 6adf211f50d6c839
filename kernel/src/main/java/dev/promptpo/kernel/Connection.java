package dev.promptpo.kernel;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.dflib.jjava.jupyter.channels.IOPubChannel;
import org.dflib.jjava.jupyter.channels.JupyterConnection;
import org.dflib.jjava.jupyter.channels.ShellChannel;
import org.dflib.jjava.jupyter.channels.ShellHandler;
import org.dflib.jjava.jupyter.channels.ShellReplyEnvironment;
import org.dflib.jjava.jupyter.channels.StdinChannel;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.messages.HMACGenerator;
import org.dflib.jjava.jupyter.messages.Message;
import org.dflib.jjava.jupyter.messages.MessageContext;
import org.dflib.jjava.jupyter.messages.publish.PublishStatus;
import org.dflib.jjava.jupyter.messages.reply.InputReply;
import org.dflib.jjava.jupyter.messages.request.InputRequest;
import org.zeromq.ZMQ;

/**
 * The kernel's sockets.
 *
 * <p>What is published leaves through one thread, in order. A cell's thread must not touch a
 * socket: an interrupt while it sends would close the socket's inner pipe, and the kernel with it.
 */
final class Connection extends JupyterConnection {
    private static final long INPUT_POLL_MS = 20;
    private static final long LONGEST_DRAIN_MS = 2000;

    private volatile Runnable beforeDisplay = () -> {};
    private final Worker publisher = new Worker("publisher");
    private final Worker input = new Worker("input");
    private final KernelConnectionProperties properties;
    private final Reserve reserve;

    // These stand in for the superclass's, which are never bound.
    private final Heartbeat beats;
    private final RequestChannel shellRequests;
    private final RequestChannel controlRequests;
    private final StdinChannel questions;
    private final Publications publications;

    Connection(KernelConnectionProperties properties, Reserve reserve)
            throws NoSuchAlgorithmException, InvalidKeyException {
        super(properties);
        this.properties = properties;
        this.reserve = reserve;
        ZMQ.Context context = ZMQ.context(1);
        context.setThreadFactor((work, name) ->
                Thread.ofPlatform().daemon().name(name).unstarted(() -> reserve.persist(work)));
        HMACGenerator signatures = properties.createHMACGenerator();
        this.beats = new Heartbeat(context, signatures, reserve);
        this.shellRequests =
                new RequestChannel(
                        context,
                        signatures,
                        false,
                        this,
                        reserve,
                        message -> answer(shellChannel(), message));
        this.controlRequests =
                new RequestChannel(
                        context,
                        signatures,
                        true,
                        this,
                        reserve,
                        message -> answer(controlChannel(), message));
        this.questions = new StdinChannel(context, signatures);
        this.publications = new Publications(context, signatures);
        // A publishing socket drops what a slow reader has not taken; a cell's output is not to be
        // dropped.
        publications.setSndHWM(0);
    }

    private RequestChannel shellChannel() {
        return shellRequests;
    }

    private RequestChannel controlChannel() {
        return controlRequests;
    }

    @Override
    public void connect() {
        beats.bind(properties);
        questions.bind(properties);
        publications.bind(properties);
        publish(new Message<>(null, PublishStatus.MESSAGE_TYPE, PublishStatus.STARTING));
        controlRequests.bind(properties);
        shellRequests.bind(properties);
    }

    /** Answers a request of the shell as if it had come just now. */
    void answerShell(Message<?> message) {
        answer(shellRequests, message);
    }

    /** Answers a request of the shell in another way than its kind has. */
    void answerShell(Message<?> message, Consumer<ShellReplyEnvironment> answer) {
        answer(shellRequests, message, answer);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private void answer(RequestChannel channel, Message<?> message) {
        ShellHandler handler = getHandler(message.getHeader().getType());
        if (handler != null) {
            answer(channel, message, env -> handler.handle(env, (Message) message));
        }
    }

    private void answer(
            RequestChannel channel, Message<?> message, Consumer<ShellReplyEnvironment> answer) {
        Environment env = new Environment(channel, message);
        try {
            try {
                answer.accept(env);
            } finally {
                env.resolveDeferrals();
            }
        } catch (RuntimeException | Error e) {
            reserve.makeRoom();
            channel.warn("A " + message.getHeader().getType().getName() + " failed", e);
            // A client waits for its reply, and shows the kernel as busy until it is told.
            reserve.persist(() -> env.fail(message, e));
        }
    }

    /** Has something done before anything is displayed: what was printed before must go first. */
    void beforeDisplay(Runnable action) {
        beforeDisplay = action;
    }

    /** Sends a message to all clients, after those that came before. */
    void publish(Message<?> message) {
        publications.sendMessage(message);
    }

    @Override
    public IOPubChannel getIOPub() {
        return publications;
    }

    /** Takes the requests that have already come to the shell. Only for the shell's own thread. */
    List<Message<?>> queuedRequests() {
        return shellRequests.queued();
    }

    @Override
    public ShellReplyEnvironment prepareReplyEnv(ShellChannel channel, MessageContext context) {
        return new Environment(channel, context);
    }

    /**
     * Asks the client that sent {@code request} for a line of input and waits for it. An interrupt
     * ends the wait; the socket itself is on a thread that is never interrupted.
     *
     * @throws IllegalStateException when interrupted; the thread's interrupt is kept
     */
    String input(MessageContext request, String prompt, boolean password) {
        AtomicBoolean wanted = new AtomicBoolean(true);
        FutureTask<String> line =
                new FutureTask<>(() -> awaitInput(request, prompt, password, wanted));
        input.execute(line);
        try {
            return line.get();
        } catch (InterruptedException e) {
            wanted.set(false);
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for input", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("no input: " + e.getCause(), e);
        }
    }

    private String awaitInput(
            MessageContext request, String prompt, boolean password, AtomicBoolean wanted)
            throws InterruptedException {
        while (hasInput()) {
            // An answer to a question that nobody waits for any more.
            questions.readMessage();
        }
        questions.sendMessage(
                new Message<>(
                        request, InputRequest.MESSAGE_TYPE, new InputRequest(prompt, password)));
        while (wanted.get()) {
            if (hasInput() && questions.readMessage().getContent() instanceof InputReply reply) {
                return reply.getValue();
            }
            TimeUnit.MILLISECONDS.sleep(INPUT_POLL_MS);
        }
        return "";
    }

    private boolean hasInput() {
        return (questions.getEvents() & ZMQ.Poller.POLLIN) != 0;
    }

    /** Takes nothing more and waits, at most 2 s, until all has been handed to the sockets. */
    void drain() throws InterruptedException {
        publisher.leave();
        publisher.thread().join(LONGEST_DRAIN_MS);
    }

    /** What all clients see, sent by one thread, whoever hands it over. */
    private final class Publications extends IOPubChannel {
        Publications(ZMQ.Context context, HMACGenerator signatures) {
            super(context, signatures);
        }

        @Override
        public void sendMessage(Message<?> message) {
            publisher.execute(() -> reserve.persist(() -> super.sendMessage(message)));
        }
    }

    /** Answers one request; publishes in order, from any thread. */
    private final class Environment extends ShellReplyEnvironment {
        // Only for the thread that serves the request.
        private boolean replied;
        private boolean idle;

        Environment(ShellChannel channel, MessageContext context) {
            super(channel, questions, publications, context);
        }

        @Override
        public void reply(Message<?> message) {
            super.reply(message);
            replied = true;
        }

        @Override
        public void setStatusIdle() {
            super.setStatusIdle();
            idle = true;
        }

        /** Says what of an answer is still missing: that there is none, and that it is over. */
        void fail(Message<?> request, Throwable failure) {
            if (!replied) {
                Replies.failed(request, ErrorReport.of(failure)).ifPresent(this::reply);
            }
            if (!idle) {
                setStatusIdle();
            }
        }

        @Override
        public void publish(Message<?> message) {
            if (message.getContent() instanceof DisplayData) {
                beforeDisplay.run();
            }
            Connection.this.publish(message);
        }

        @Override
        public String readFromStdIn(String prompt, boolean isPassword) {
            return input(getContext(), prompt, isPassword) + System.lineSeparator();
        }

        // The superclass would publish at once what it was asked to defer.
        @Override
        public void setBusyDeferIdle() {
            setStatusBusy();
            defer(this::setStatusIdle);
        }
    }
}
