package dev.promptpo.prompt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a prompt says of the earlier rounds, as its template takes it. */
final class HistorySection {
    private HistorySection() {}

    /** Said before the entries of a policy prompt. */
    static String introduction(History form, List<HistoryEntry> all) {
        boolean given = !all.isEmpty() && all.getFirst().round() == 0;
        String tried =
                given
                        ? "Round 0 is a policy that was given to start from. In each round since"
                                + " then several policies were tried; "
                        : "In each earlier round several policies were tried; ";
        return tried
                + switch (form) {
                    case History.Full ignored -> "this is the best of each.";
                    case History.Compact compact -> compact(compact);
                    case History.Best ignored -> "this is the best of all so far.";
                    case History.None ignored -> "they are not shown.";
                };
    }

    /** Said before the entries of a reflection prompt. */
    static String introductionToCompare(History form) {
        return "In each round several policies were tried; "
                + switch (form) {
                    case History.Full ignored -> "this is the best of each, in order.";
                    case History.Compact compact -> compact(compact) + " The last is shown too.";
                    case History.Best ignored -> "this is the best of all, and the last.";
                    case History.None ignored -> "this is the last.";
                };
    }

    private static String compact(History.Compact compact) {
        return "these are the returns of the best of each, with the code of the best "
                + compact.best()
                + " of them all.";
    }

    /** The entries of a policy prompt. */
    static List<Map<String, Object>> entries(History form, List<HistoryEntry> all) {
        return entries(form.listed(all), form.detailed(all));
    }

    /** The entries of a reflection prompt: the earlier ones in their form, the last in whole. */
    static List<Map<String, Object>> entriesToCompare(History form, List<HistoryEntry> all) {
        List<HistoryEntry> earlier = all.subList(0, all.size() - 1);
        List<HistoryEntry> listed = new ArrayList<>(form.listed(earlier));
        List<HistoryEntry> detailed = new ArrayList<>(form.detailed(earlier));
        listed.add(all.getLast());
        detailed.add(all.getLast());
        return entries(listed, detailed);
    }

    private static List<Map<String, Object>> entries(
            List<HistoryEntry> listed, List<HistoryEntry> detailed) {
        return listed.stream().map(entry -> entry(entry, detailed.contains(entry))).toList();
    }

    private static Map<String, Object> entry(HistoryEntry entry, boolean detailed) {
        Map<String, Object> context = new HashMap<>();
        context.put("round", entry.round());
        context.put("roundNote", entry.round() == 0 ? ": the policy to start from" : "");
        context.put("score", Prompts.number(entry.score()));
        context.put(
                "returns",
                String.join(", ", entry.returns().stream().map(Prompts::number).toList()));
        context.put("detailed", detailed);
        context.put("source", entry.source().strip());
        List<Map<String, Object>> summaries = new ArrayList<>();
        for (int i = 0; i < entry.summaries().size(); i++) {
            String text = entry.summaries().get(i).strip().replaceAll("\\s*\\R\\s*", "; ");
            summaries.add(Map.of("number", i + 1, "text", text));
        }
        context.put("hasSummaries", !summaries.isEmpty());
        context.put("summaries", summaries);
        context.put("hasReflection", entry.reflection().isPresent());
        context.put("reflection", entry.reflection().orElse("").strip());
        return context;
    }
}
