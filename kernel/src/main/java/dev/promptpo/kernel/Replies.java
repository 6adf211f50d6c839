package dev.promptpo.kernel;

import dev.promptpo.kernel.assist.Completions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.comm.Comm;
import org.dflib.jjava.jupyter.kernel.comm.CommManager;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.dflib.jjava.jupyter.kernel.history.HistoryEntry;
import org.dflib.jjava.jupyter.messages.Header;
import org.dflib.jjava.jupyter.messages.Message;
import org.dflib.jjava.jupyter.messages.MessageContext;
import org.dflib.jjava.jupyter.messages.MessageType;

/** Replies in the protocol's own words, for those that jjava-jupyter words differently. */
final class Replies {
    private static final String REQUEST = "_request";

    private Replies() {}

    /** A cell that ran to its end. */
    static Message<?> executed(
            MessageContext request,
            int number,
            Map<String, Object> userExpressions,
            List<DisplayData> pages) {
        return reply(
                request,
                MessageType.EXECUTE_REPLY,
                Map.of(
                        "status",
                        "ok",
                        "execution_count",
                        number,
                        "user_expressions",
                        userExpressions,
                        "payload",
                        pages.stream().map(Replies::page).toList()));
    }

    /** What could stand at the cursor, with what each of it is. */
    static Message<?> completed(
            MessageContext request, List<Completions.Option> options, int start, int end) {
        List<Map<String, Object>> types =
                options.stream()
                        .map(option ->
                                Map.<String, Object>of(
                                        "text",
                                        option.text(),
                                        "type",
                                        option.type(),
                                        "start",
                                        start,
                                        "end",
                                        end))
                        .toList();
        return reply(
                request,
                MessageType.COMPLETE_REPLY,
                Map.of(
                        "status",
                        "ok",
                        "matches",
                        options.stream().map(Completions.Option::text).toList(),
                        "cursor_start",
                        start,
                        "cursor_end",
                        end,
                        "metadata",
                        Map.of("_jupyter_types_experimental", types)));
    }

    // Written field by field: a bundle holds more than its data.
    private static Map<String, Object> page(DisplayData shown) {
        String text = String.valueOf(shown.getData(MIMEType.TEXT_PLAIN));
        return Map.of("source", "page", "data", Map.of("text/plain", text), "start", 0);
    }

    /** A cell that is not run, because one before it failed. */
    static Message<?> aborted(MessageContext request) {
        return reply(request, MessageType.EXECUTE_REPLY, Map.of("status", "aborted"));
    }

    /** Past cells: session, number, source, and its output where that was asked for. */
    static Message<?> history(MessageContext request, List<HistoryEntry> entries) {
        List<List<Object>> history =
                entries.stream()
                        .map(entry ->
                                List.<Object>of(
                                        entry.getSession(),
                                        entry.getCellNumber(),
                                        entry.hasOutput()
                                                ? List.of(entry.getInput(), entry.getOutput())
                                                : entry.getInput()))
                        .toList();
        return reply(
                request, MessageType.HISTORY_REPLY, Map.of("status", "ok", "history", history));
    }

    /** The open comms, of one target if one is named. */
    static Message<?> comms(MessageContext request, CommManager manager, Optional<String> target) {
        Map<String, Object> comms = new LinkedHashMap<>();
        for (Comm comm : manager) {
            if (target.isEmpty() || target.get().equals(comm.getTargetName())) {
                comms.put(comm.getID(), Map.of("target_name", comm.getTargetName()));
            }
        }
        return reply(request, MessageType.COMM_INFO_REPLY, Map.of("status", "ok", "comms", comms));
    }

    /** The interrupt has been passed on. */
    static Message<?> interrupted(MessageContext request) {
        return reply(request, MessageType.INTERRUPT_REPLY, Map.of("status", "ok"));
    }

    /** The kernel is about to end. */
    static Message<?> shutdown(MessageContext request, boolean restart) {
        return reply(
                request, MessageType.SHUTDOWN_REPLY, Map.of("status", "ok", "restart", restart));
    }

    /** What the kernel is. */
    static Message<?> kernelInfo(MessageContext request, BaseKernel kernel) {
        return reply(
                request,
                MessageType.KERNEL_INFO_REPLY,
                Map.of(
                        "status",
                        "ok",
                        "protocol_version",
                        Header.PROTOCOL_VERISON,
                        "implementation",
                        kernel.getName(),
                        "implementation_version",
                        kernel.getVersion(),
                        "language_info",
                        kernel.getLanguageInfo(),
                        "banner",
                        kernel.getBanner(),
                        "help_links",
                        kernel.getHelpLinks(),
                        "debugger",
                        false));
    }

    /** The value of a user expression. */
    static Object value(DisplayData shown) {
        return new ShownValue(shown);
    }

    /** A failure, as of a user expression. */
    static Object failure(ErrorReport report) {
        return Map.of(
                "status", "error",
                "ename", report.name(),
                "evalue", report.value(),
                "traceback", report.traceback());
    }

    /** A request of any kind that could not be answered; empty for a kind that has no reply. */
    static Optional<Message<?>> failed(Message<?> request, ErrorReport report) {
        String kind = request.getHeader().getType().getName();
        if (!kind.endsWith(REQUEST)) {
            return Optional.empty();
        }
        String reply = kind.substring(0, kind.length() - REQUEST.length()) + "_reply";
        return Optional.of(reply(request, MessageType.getType(reply), failure(report)));
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Message<?> reply(MessageContext request, MessageType<?> type, Object content) {
        return new Message(request, type, content);
    }

    /** A bundle with the status that a user expression's value has; written field by field. */
    @SuppressWarnings("unused")
    private static final class ShownValue extends DisplayData {
        private final String status = "ok";

        ShownValue(DisplayData shown) {
            super(shown);
        }
    }
}
