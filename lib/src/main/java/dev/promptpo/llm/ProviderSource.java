package dev.promptpo.llm;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * A provider's model, asked over the network. Each {@code with} gives a changed copy. The key and
 * the proxy are looked for when a run opens it, in the environment alone.
 */
public final class ProviderSource implements ModelSource {
    /** Requests at once at most, unless set: enough for a large round, few enough for a server. */
    private static final int MOST_AT_ONCE = 32;

    private final ProviderKind kind;
    private final String model;
    private final String baseUrl;
    private final RetryPolicy retries;
    private final OptionalInt concurrency;
    private final UnaryOperator<String> environment;

    private ProviderSource(
            ProviderKind kind,
            String model,
            String baseUrl,
            RetryPolicy retries,
            OptionalInt concurrency,
            UnaryOperator<String> environment) {
        this.kind = kind;
        this.model = model;
        this.baseUrl = baseUrl;
        this.retries = retries;
        this.concurrency = concurrency;
        this.environment = environment;
    }

    /**
     * @throws IllegalArgumentException when the name is blank or the URL is none
     */
    static ProviderSource of(ProviderKind kind, String model, String baseUrl) {
        if (model.isBlank()) {
            throw new IllegalArgumentException(
                    "expected a model's name after " + kind.word() + ":, got none");
        }
        return new ProviderSource(
                kind,
                model,
                checked(baseUrl),
                RetryPolicy.DEFAULT,
                OptionalInt.empty(),
                System::getenv);
    }

    /** So many requests at once at most; unless set as many as a round has, for Ollama 1. */
    public ProviderSource withConcurrency(int requests) {
        return new ProviderSource(
                kind, model, baseUrl, retries, OptionalInt.of(requests), environment);
    }

    /** Other retries than {@link RetryPolicy#DEFAULT}. */
    public ProviderSource withRetries(RetryPolicy policy) {
        return new ProviderSource(
                kind, model, baseUrl, requireNonNull(policy, "policy"), concurrency, environment);
    }

    /** Looks for the key and the proxy elsewhere: for tests. */
    ProviderSource withEnvironment(UnaryOperator<String> variables) {
        return new ProviderSource(kind, model, baseUrl, retries, concurrency, variables);
    }

    @Override
    public String name() {
        return kind.word() + ":" + model + (baseUrl.equals(kind.baseUrl()) ? "" : "@" + baseUrl);
    }

    /**
     * A round's candidates and its Feedback class, up to 32, unless set. Ollama answers one after
     * another unless told otherwise; what waits there would wait against its deadline.
     */
    @Override
    public int atOnce(int candidates) {
        return concurrency.orElse(
                kind == ProviderKind.OLLAMA ? 1 : Math.min(candidates + 1, MOST_AT_ONCE));
    }

    @Override
    public LanguageModel open(RunContext run) {
        ApiKey key = ApiKey.find(kind, environment);
        boolean elsewhere = !baseUrl.equals(kind.baseUrl());
        if (!key.present() && !elsewhere && !kind.keyVariables().isEmpty()) {
            throw new ModelUnavailableException(
                    "no key for "
                            + name()
                            + ": set "
                            + String.join(" or ", kind.keyVariables())
                            + " in the environment, or use replay");
        }
        if (key.present() && readable(baseUrl)) {
            key = ApiKey.NONE;
        }
        Transport transport = new Transport(HttpProxy.of(baseUrl, environment));
        return new RetryingModel(
                new ConcurrentModel(
                        run.meter().over(new LiveModel(kind, model, baseUrl, key, transport)),
                        atOnce(run.candidates()),
                        Waiting.REAL),
                retries,
                run.attempts(),
                RandomGenerator.getDefault(),
                Waiting.REAL);
    }

    @Override
    public String toString() {
        return name();
    }

    /** Whether others could read a key on its way: then it stays at home. */
    static boolean readable(String baseUrl) {
        URI uri = URI.create(baseUrl);
        return uri.getScheme().equals("http") && !HttpProxy.loopback(uri.getHost());
    }

    private static String checked(String baseUrl) {
        try {
            URI uri = new URI(baseUrl.replaceAll("/+$", ""));
            String scheme = uri.getScheme() == null ? "" : uri.getScheme();
            if ((scheme.equals("http") || scheme.equals("https"))
                    && uri.getHost() != null
                    && uri.getUserInfo() == null
                    && uri.getQuery() == null) {
                return uri.toString();
            }
        } catch (URISyntaxException e) {
            // The message below says what is expected; a URL with a key in it is not quoted.
        }
        throw new IllegalArgumentException(
                "expected a base URL such as http://localhost:8000/v1, without user or query");
    }
}
