package dev.promptpo.kernel;

import dev.promptpo.kernel.assist.CellText;
import dev.promptpo.kernel.assist.Completions;
import dev.promptpo.kernel.magic.BuiltInMagics;
import dev.promptpo.kernel.magic.MagicHost;
import dev.promptpo.kernel.magic.MagicSyntax;
import dev.promptpo.kernel.magic.Magics;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.dflib.jjava.jupyter.Extension;
import org.dflib.jjava.jupyter.channels.JupyterConnection;
import org.dflib.jjava.jupyter.channels.ShellReplyEnvironment;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.HelpLink;
import org.dflib.jjava.jupyter.kernel.LanguageInfo;
import org.dflib.jjava.jupyter.kernel.ReplacementOptions;
import org.dflib.jjava.jupyter.kernel.comm.CommManager;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.history.HistoryEntry;
import org.dflib.jjava.jupyter.kernel.history.HistoryManager;
import org.dflib.jjava.jupyter.kernel.util.StringStyler;
import org.dflib.jjava.jupyter.messages.Message;
import org.dflib.jjava.jupyter.messages.MessageType;
import org.dflib.jjava.jupyter.messages.publish.PublishClearOutput;
import org.dflib.jjava.jupyter.messages.publish.PublishError;
import org.dflib.jjava.jupyter.messages.publish.PublishExecuteInput;
import org.dflib.jjava.jupyter.messages.publish.PublishExecuteResult;
import org.dflib.jjava.jupyter.messages.reply.ErrorReply;
import org.dflib.jjava.jupyter.messages.request.CompleteRequest;
import org.dflib.jjava.jupyter.messages.request.ExecuteRequest;
import org.dflib.jjava.jupyter.messages.request.HistoryRequest;
import org.dflib.jjava.jupyter.messages.request.InterruptRequest;
import org.dflib.jjava.jupyter.messages.request.KernelInfoRequest;
import org.dflib.jjava.jupyter.messages.request.ShutdownRequest;

/** Answers what a Jupyter client asks, with a {@link Session} for the language. */
public final class JavaKernel extends BaseKernel implements MagicHost {
    private final Reserve reserve = new Reserve(this::stopForMemory);
    private final CellIO cellIO;
    private final CellOutput output = new CellOutput();
    private final CellThread cells = new CellThread();
    private final History history;
    private final Magics magics;
    private final PrintStream log = System.err;
    private final CountDownLatch ended = new CountDownLatch(1);

    private final List<String> startupNotices = new ArrayList<>();
    private final Queue<Runnable> preparations = new ConcurrentLinkedQueue<>();
    // Guarded by itself.
    private final List<DisplayData> pages = new ArrayList<>();

    private volatile boolean stoppedForMemory;

    // Set by the first work of the cells' thread, and read by that thread and by interrupts.
    private volatile Optional<CellRunner> runner = Optional.empty();
    private volatile Optional<Throwable> startFailure = Optional.empty();
    private final AtomicReference<Optional<ShellReplyEnvironment>> running =
            new AtomicReference<>(Optional.empty());

    private JavaKernel(CellIO io, History history, Magics magics) {
        super(
                "promptpo-java",
                Optional.ofNullable(JavaKernel.class.getPackage().getImplementationVersion())
                        .orElse("0.1.0"),
                new LanguageInfo.Builder("java")
                        .version(Runtime.version().toString())
                        .mimetype("text/x-java-source")
                        .fileExtension(".java")
                        .pygments("java")
                        .codemirror("text/x-java")
                        .build(),
                List.of(
                        new HelpLink(
                                "Java API",
                                "https://docs.oracle.com/en/java/javase/"
                                        + Runtime.version().feature()
                                        + "/docs/api/")),
                history,
                io,
                new CommManager(),
                new CellRenderer(),
                new MagicSyntax(),
                magics,
                true,
                new StringStyler.Builder().build());
        this.cellIO = io;
        this.history = history;
        this.magics = magics;
    }

    /** A kernel that has not started: {@link #onStartup()} does. */
    public static JavaKernel create() {
        return new JavaKernel(new CellIO(), new History(), new Magics());
    }

    /**
     * Starts the session on the cells' thread and returns at once: a client can ask for what needs
     * no session while the compiler warms up, and its first cell waits its turn.
     */
    @Override
    public void onStartup() {
        installNotebookKernel();
        output.install();
        System.setIn(cellIO.in);
        Thread.setDefaultUncaughtExceptionHandler(this::uncaught);
        cells.start(() -> {
            try {
                startSession();
            } catch (Exception | Error e) {
                // Each cell will say so; without a cell, the process's own log does.
                startFailure = Optional.of(e);
                e.printStackTrace(log);
            }
        });
    }

    /** What is kept back from the cells for the kernel's own work. */
    Reserve reserve() {
        return reserve;
    }

    private void uncaught(Thread thread, Throwable thrown) {
        // An interrupt ended the loop of a cell's own thread: nothing to report.
        if (!(thrown instanceof Checkpoint.Stop)) {
            output.err().println("Thread " + thread.getName() + " ended: " + trace(thrown));
        }
    }

    private String trace(Throwable thrown) {
        try {
            return String.join(
                    "\n", ErrorReport.of(runner().session().ofThread(thrown)).traceback());
        } catch (RuntimeException | LinkageError e) {
            // Cells are evaluated meanwhile, so that their places may not be found.
            StringWriter trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace));
            return Traces.cellName(trace.toString());
        }
    }

    private void startSession() throws Exception {
        Session started =
                new Session(
                        getClassLoader(),
                        System.getProperty("java.class.path", ""),
                        output.err()::print);
        Thread.currentThread().setContextClassLoader(started.loader());
        runner = Optional.of(new CellRunner(started, renderer, magicParser, output.err()));
        for (String line : Imports.all()) {
            if (!(started.evaluateUnits(new Cell(0, line)) instanceof Outcome.Done)) {
                startupNotices.add("The kernel cannot run: " + line + "\n");
            }
        }
        BuiltInMagics.register(magics, this);
        started.asUserCode(() -> {
            installDefaultExtensions();
            return null;
        });
        // Loads the compiler, and what a failure takes, before the first cell comes. Later, with a
        // full heap, is too late: a class whose start has failed once cannot be used any more.
        runner().run(new Cell(0, "Integer.parseInt(\"\")"), Map.of())
                .error()
                .ifPresent(report -> {
                    publication(report);
                    reply(0, report);
                });
        prepare();
    }

    @Override
    protected void installExtensions(ClassLoader classLoader) {
        // One extension that fails must not take the others, or the kernel, with it.
        for (ServiceLoader.Provider<Extension> provider : providers(classLoader)) {
            try {
                Extension extension = provider.get();
                installExtension(extension);
                if (extension instanceof Runnable preparation) {
                    preparations.add(preparation);
                }
            } catch (Exception | LinkageError | ServiceConfigurationError e) {
                startupNotices.add(
                        "The extension " + provider.type().getName() + " failed: " + e + "\n");
            }
        }
    }

    /** Has extensions load what they need soon, beside the cells. */
    private void prepare() {
        for (Runnable next = preparations.poll(); next != null; next = preparations.poll()) {
            Runnable preparation = next;
            Thread thread = new Thread(() -> prepare(preparation), "preparation");
            thread.setDaemon(true);
            thread.setContextClassLoader(preparation.getClass().getClassLoader());
            thread.start();
        }
    }

    private void prepare(Runnable preparation) {
        try {
            preparation.run();
        } catch (Exception | Error e) {
            // The cell that needs it will meet the same, and say so.
            e.printStackTrace(log);
        }
    }

    private List<ServiceLoader.Provider<Extension>> providers(ClassLoader classLoader) {
        try {
            return ServiceLoader.load(Extension.class, classLoader).stream().toList();
        } catch (ServiceConfigurationError e) {
            startupNotices.add("Extensions cannot be found: " + e.getMessage() + "\n");
            return List.of();
        }
    }

    @Override
    public void becomeHandlerForConnection(JupyterConnection connection) {
        super.becomeHandlerForConnection(connection);
        ((Connection) connection).beforeDisplay(output::flush);
        connection.setHandler(
                MessageType.EXECUTE_REQUEST,
                (env, message) -> handleExecute((Connection) connection, env, message));
        connection.setHandler(
                MessageType.COMM_INFO_REQUEST,
                (env, message) -> {
                    env.setStatusBusy();
                    env.reply(
                            Replies.comms(
                                    message,
                                    commManager,
                                    Optional.ofNullable(message.getContent().getTargetName())));
                    env.setStatusIdle();
                });
    }

    private void handleExecute(
            Connection connection, ShellReplyEnvironment env, Message<ExecuteRequest> message) {
        List<Message<?>> queued = new ArrayList<>();
        Runnable beforeFailure =
                message.getContent().shouldStopOnError()
                        ? () -> queued.addAll(connection.queuedRequests())
                        : () -> {};
        try {
            execute(env, message, beforeFailure);
            reserve.fill();
            prepare();
        } finally {
            queued.forEach(request -> answerAfterFailure(connection, request));
        }
    }

    /** Cells that were sent before the failure was known are not run; the rest is as always. */
    private static void answerAfterFailure(Connection connection, Message<?> message) {
        if (message.getContent() instanceof ExecuteRequest) {
            connection.answerShell(
                    message,
                    env -> {
                        env.setStatusBusy();
                        env.reply(Replies.aborted(message));
                        env.setStatusIdle();
                    });
        } else {
            connection.answerShell(message);
        }
    }

    /** Runs a cell and answers its request; {@code beforeFailure} runs before a failure is told. */
    private void execute(
            ShellReplyEnvironment env, Message<ExecuteRequest> message, Runnable beforeFailure) {
        ExecuteRequest request = message.getContent();
        boolean counted = !request.isSilent() && request.shouldStoreHistory();
        int number = counted ? executionCount.getAndIncrement() : executionCount.get();
        commManager.setMessageContext(message);
        env.setStatusBusy();
        try {
            Cell cell = new Cell(number, request.getCode());
            if (!request.isSilent()) {
                env.publish(new PublishExecuteInput(cell.source(), number));
            }
            attach(env, request);
            takePages();
            stoppedForMemory = false;
            CellRunner.Answer answer = cells.call(() -> answer(cell, request));
            reserve.makeRoom();
            output.endCell();
            if (counted) {
                history.add(number, request.getCode(), answer.text());
            }
            if (answer.error().isPresent()) {
                beforeFailure.run();
                ErrorReport report = answer.error().get();
                replyError(
                        env,
                        number,
                        stoppedForMemory ? report.ofMemory() : report,
                        request.isSilent());
                return;
            }
            if (answer.shown().isPresent() && !request.isSilent()) {
                env.publish(new PublishExecuteResult(number, answer.shown().get()));
            }
            env.reply(Replies.executed(message, number, answer.expressions(), takePages()));
        } catch (Exception | Error e) {
            // Shown below the cell here; the connection would only reply.
            reserve.makeRoom();
            beforeFailure.run();
            replyError(env, number, ErrorReport.of(e), request.isSilent());
        } finally {
            env.setStatusIdle();
        }
    }

    private void stopForMemory() {
        stoppedForMemory = true;
        interrupt();
    }

    private void attach(ShellReplyEnvironment env, ExecuteRequest request) {
        output.sendTo(request.isSilent() ? ignored -> {} : env::publish);
        cellIO.attach(env, request.isStdinEnabled());
        running.set(Optional.of(env));
    }

    private CellRunner.Answer answer(Cell cell, ExecuteRequest request) {
        startupNotices.forEach(output.err()::print);
        startupNotices.clear();
        return runner().run(cell, Optional.ofNullable(request.getUserExpr()).orElse(Map.of()));
    }

    private static void replyError(
            ShellReplyEnvironment env, int number, ErrorReport report, boolean silent) {
        if (!silent) {
            env.publish(publication(report));
        }
        env.replyError(MessageType.EXECUTE_REPLY.error(), reply(number, report));
    }

    private static PublishError publication(ErrorReport report) {
        return new PublishError(report.name(), report.value(), report.traceback());
    }

    private static ErrorReply reply(int number, ErrorReport report) {
        ErrorReply reply = new ErrorReply(report.name(), report.value(), report.traceback());
        reply.setExecutionCount(number);
        return reply;
    }

    /** See {@link CellRunner#show}. */
    DisplayData show(Object value, List<String> mimeTypes) {
        return runner().show(value, mimeTypes);
    }

    /** Has a client show this beside the notebook when the cell has ended. */
    void page(DisplayData shown) {
        synchronized (pages) {
            pages.add(shown);
        }
    }

    private List<DisplayData> takePages() {
        synchronized (pages) {
            List<DisplayData> taken = List.copyOf(pages);
            pages.clear();
            return taken;
        }
    }

    void clearOutput(boolean wait) {
        output.clearCell();
        running.get()
                .ifPresent(env ->
                        env.publish(
                                wait
                                        ? PublishClearOutput.BEFORE_NEXT_OUTPUT
                                        : PublishClearOutput.NOW));
    }

    private CellRunner runner() {
        return runner.orElseThrow(() ->
                new IllegalStateException(
                        "the session could not be started: "
                                + startFailure.map(Throwable::toString).orElse("not yet"),
                        startFailure.orElse(null)));
    }

    /**
     * Evaluates source and gives its value, null where it has none. In a cell it is part of the
     * cell; an extension may declare and import with it.
     *
     * @throws IllegalArgumentException where it does not compile
     * @throws IllegalStateException where it throws; the message holds the trace
     */
    @Override
    public Object evalRaw(String source) {
        Outcome outcome;
        // Code that was left behind has no cell any more.
        Checkpoint.stopCheck();
        try {
            Cell part = new Cell(executionCount.get(), source);
            outcome =
                    runner().isUserThread()
                            ? runner().evaluate(part)
                            : cells.call(() -> runner().evaluate(part));
        } catch (Exception e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
        return switch (outcome) {
            case Outcome.Value value -> value.value().orElse(null);
            case Outcome.Done done -> null;
            case Outcome.NotCompiled failure ->
                    throw new IllegalArgumentException(
                            String.join("\n", ErrorReport.of(failure).traceback()));
            case Outcome.Failure failure ->
                    throw new IllegalStateException(
                            String.join("\n", ErrorReport.of(failure).traceback()));
        };
    }

    /** Makes them known to cells, and installs the extensions that they bring. */
    @Override
    public void addToClassPath(List<Path> entries) {
        Session session = runner().session();
        entries.forEach(session::addToClassPath);
        installExtensions(session.loader());
        startupNotices.forEach(output.err()::print);
        startupNotices.clear();
    }

    @Override
    public void show(Object value) {
        display(runner().show(value, List.of()));
    }

    @Override
    public List<Path> classPath() {
        return runner().session().classPath();
    }

    @Override
    public DisplayData inspect(String code, int at, boolean extraDetail) {
        try {
            return cells.call(() -> assist().inspect(code, charsBefore(code, at))).orElse(null);
        } catch (Exception | Error e) {
            // Callers make a reply of an exception, of an Error none.
            throw new IllegalStateException(e);
        }
    }

    @Override
    public ReplacementOptions complete(String code, int at) {
        Completions found = completions(code, at);
        return new ReplacementOptions(
                found.options().stream().map(Completions.Option::text).toList(),
                found.start(),
                found.end());
    }

    private Completions completions(String code, int at) {
        try {
            return cells.call(() -> assist().complete(code, at));
        } catch (Exception | Error e) {
            // Callers make a reply of an exception, of an Error none.
            throw new IllegalStateException(e);
        }
    }

    @Override
    protected void handleCompleteRequest(
            ShellReplyEnvironment env, Message<CompleteRequest> message) {
        CompleteRequest request = message.getContent();
        String code = request.getCode();
        env.setStatusBusy();
        try {
            // The protocol counts code points, Java counts its characters.
            Completions found = completions(code, charsBefore(code, request.getCursorPos()));
            env.reply(
                    Replies.completed(
                            message,
                            found.options(),
                            code.codePointCount(0, found.start()),
                            code.codePointCount(0, found.end())));
        } catch (RuntimeException e) {
            env.reply(
                    Replies.completed(
                            message, List.of(), request.getCursorPos(), request.getCursorPos()));
            e.printStackTrace(log);
        }
        env.setStatusIdle();
    }

    private static int charsBefore(String code, int codePoints) {
        return code.offsetByCodePoints(
                0, Math.clamp(codePoints, 0, code.codePointCount(0, code.length())));
    }

    private Assist assist() {
        return new Assist(runner().session(), magics.names(), magics::help);
    }

    @Override
    public String isComplete(String code) {
        try {
            return CellText.cellMagic(code).isPresent()
                    ? IS_COMPLETE_MAYBE
                    : cells.call(() -> assist().isComplete(code));
        } catch (Exception | Error e) {
            return IS_COMPLETE_MAYBE;
        }
    }

    /** Stops the running cell, if there is one. */
    @Override
    public void interrupt() {
        runner.ifPresent(CellRunner::interrupt);
    }

    @Override
    protected void handleKernelInfoRequest(
            ShellReplyEnvironment env, Message<KernelInfoRequest> message) {
        env.setStatusBusy();
        env.reply(Replies.kernelInfo(message, this));
        env.setStatusIdle();
    }

    @Override
    protected void handleHistoryRequest(
            ShellReplyEnvironment env, Message<HistoryRequest> message) {
        HistoryRequest request = message.getContent();
        Set<HistoryManager.ResultFlag> flags = EnumSet.noneOf(HistoryManager.ResultFlag.class);
        if (request.includeOutput()) {
            flags.add(HistoryManager.ResultFlag.INCLUDE_OUTPUT);
        }
        env.setStatusBusy();
        List<HistoryEntry> entries =
                switch (request) {
                    case HistoryRequest.Range range ->
                            history.lookupRange(
                                    range.getSessionIndex(),
                                    range.getStart(),
                                    range.getStop(),
                                    flags);
                    case HistoryRequest.Search search -> {
                        if (search.filterUnique()) {
                            flags.add(HistoryManager.ResultFlag.UNIQUE);
                        }
                        yield history.search(
                                search.getPattern(), search.getMaxReturnLength(), flags);
                    }
                    case HistoryRequest.Tail tail ->
                            history.lookupTail(tail.getMaxReturnLength(), flags);
                    default -> List.of();
                };
        env.reply(Replies.history(message, entries));
        env.setStatusIdle();
    }

    @Override
    protected void handleInterruptRequest(
            ShellReplyEnvironment env, Message<InterruptRequest> message) {
        env.setStatusBusy();
        interrupt();
        env.reply(Replies.interrupted(message));
        env.setStatusIdle();
    }

    @Override
    protected void handleShutdownRequest(
            ShellReplyEnvironment env, Message<ShutdownRequest> message) {
        boolean restart = message.getContent().isRestart();
        env.setStatusBusy();
        interrupt();
        onShutdown(restart);
        env.reply(Replies.shutdown(message, restart));
        env.setStatusIdle();
        end();
    }

    /** Lets {@link #awaitEnd()} return. */
    void end() {
        ended.countDown();
    }

    /** Waits for a shutdown request, or for {@link #end()}. */
    void awaitEnd() throws InterruptedException {
        ended.await();
    }
}
