package dev.promptpo.llm;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** How long a server asks to wait. */
final class RetryAfter {
    private static final Duration LONGEST = Duration.ofDays(1);

    private RetryAfter() {}

    /**
     * From {@code retry-after-ms}, {@code Retry-After} in seconds or as a date (RFC 9110, 10.2.3),
     * or Google's {@code RetryInfo} in the body; never negative, at most a day.
     */
    static Optional<Duration> of(HttpHeaders headers, JsonNode body, Instant now) {
        return headers.firstValue("retry-after-ms")
                .flatMap(text -> scaled(text, 0.001))
                .or(() -> headers.firstValue("Retry-After").flatMap(text -> header(text, now)))
                .or(() -> retryInfo(body));
    }

    private static Optional<Duration> header(String text, Instant now) {
        Optional<Duration> seconds = scaled(text, 1);
        if (seconds.isPresent()) {
            return seconds;
        }
        try {
            Instant date =
                    ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant();
            Duration wait = Duration.between(now, date);
            return Optional.of(bounded(wait));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<Duration> retryInfo(JsonNode body) {
        for (JsonNode detail : body.path("error").path("details")) {
            String delay = detail.path("retryDelay").asText("");
            if (delay.endsWith("s")) {
                return scaled(delay.substring(0, delay.length() - 1), 1);
            }
        }
        return Optional.empty();
    }

    private static Optional<Duration> scaled(String text, double seconds) {
        try {
            double value = Double.parseDouble(text.strip()) * seconds;
            return Double.isFinite(value)
                    ? Optional.of(
                            bounded(
                                    Duration.ofMillis(
                                            (long) Math.ceil(Math.min(value, 1e6) * 1000))))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Duration bounded(Duration wait) {
        if (wait.isNegative()) {
            return Duration.ZERO;
        }
        return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }
}
