package dev.promptpo.llm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptpo.llm.ModelReply.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a provider says of an error, in a body of any of the four formats.
 *
 * @param names what names its kind, lower case: types, codes and statuses, as far as given
 * @param message for people; empty where there is none
 */
record ErrorBody(List<String> names, String message) {

    ErrorBody {
        names = List.copyOf(names);
    }

    /** The error in a body, empty where the body speaks of none. */
    static Optional<ErrorBody> in(JsonNode body) {
        // Google wraps some errors in an array.
        JsonNode top = body.isArray() && body.size() == 1 ? body.get(0) : body;
        JsonNode error = top.path("error");
        if (error.isMissingNode() || error.isNull()) {
            return Optional.empty();
        }
        if (error.isTextual()) {
            return Optional.of(new ErrorBody(List.of(), error.textValue()));
        }
        List<String> names = new ArrayList<>();
        for (String field : List.of("code", "status", "type")) {
            name(error.path(field), names);
        }
        for (JsonNode detail : error.path("details")) {
            name(detail.path("reason"), names);
        }
        return Optional.of(new ErrorBody(names, error.path("message").asText("")));
    }

    /** The reason that its names give, numbers last; empty where they are unknown. */
    Optional<Reason> reason() {
        return names.stream()
                .map(ErrorBody::reason)
                .flatMap(Optional::stream)
                .findFirst()
                .or(() -> names.stream().flatMap(name -> numbered(name).stream()).findFirst());
    }

    /** Whether the account is empty: asking again costs time and brings nothing. */
    boolean spent() {
        return names.stream().anyMatch(name -> reason(name).equals(Optional.of(Reason.UNPAID)));
    }

    /** Whether the key is at fault, whatever the status says. */
    boolean keyAtFault() {
        return names.contains("api_key_invalid") || names.contains("invalid_api_key");
    }

    /** The reason of an HTTP status. */
    static Reason ofStatus(int status) {
        return switch (status) {
            case 401, 403 -> Reason.UNAUTHORIZED;
            case 402 -> Reason.UNPAID;
            case 408 -> Reason.TIMEOUT;
            case 409, 425 -> Reason.OVERLOADED;
            case 429 -> Reason.RATE_LIMITED;
            default -> status >= 500 ? Reason.OVERLOADED : Reason.BAD_REQUEST;
        };
    }

    private static Optional<Reason> reason(String name) {
        return switch (name) {
            case "insufficient_quota", "billing_error", "billing_hard_limit_reached" ->
                    Optional.of(Reason.UNPAID);
            case "authentication_error",
                    "permission_error",
                    "invalid_api_key",
                    "api_key_invalid",
                    "unauthenticated",
                    "permission_denied" ->
                    Optional.of(Reason.UNAUTHORIZED);
            case "rate_limit_error", "rate_limit_exceeded", "resource_exhausted" ->
                    Optional.of(Reason.RATE_LIMITED);
            case "overloaded_error", "api_error", "server_error", "unavailable", "internal" ->
                    Optional.of(Reason.OVERLOADED);
            case "timeout_error", "deadline_exceeded" -> Optional.of(Reason.TIMEOUT);
            case "invalid_request_error",
                    "not_found_error",
                    "request_too_large",
                    "context_length_exceeded",
                    "invalid_argument",
                    "failed_precondition",
                    "not_found" ->
                    Optional.of(Reason.BAD_REQUEST);
            default -> Optional.empty();
        };
    }

    private static Optional<Reason> numbered(String name) {
        return name.matches("[45]\\d\\d")
                ? Optional.of(ofStatus(Integer.parseInt(name)))
                : Optional.empty();
    }

    private static void name(JsonNode node, List<String> names) {
        if (node.isTextual() || node.isIntegralNumber()) {
            names.add(node.asText().toLowerCase(Locale.ROOT));
        }
    }
}
