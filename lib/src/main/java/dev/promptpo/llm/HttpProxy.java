package dev.promptpo.llm;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The way out of a network that lets nobody out directly, as the environment names it. Its password
 * goes into one header to the proxy, and into no text form.
 */
final class HttpProxy {
    private static final Pattern ADDRESS =
            Pattern.compile(
                    "(?:(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?:(?<user>[^@/]*)@)?"
                            + "(?<host>\\[[0-9A-Fa-f:.]+\\]|[^@:/\\[\\]]+):(?<port>\\d{1,5})/?");

    private final String variable;
    private final String host;
    private final int port;
    private final Optional<String> user;

    private HttpProxy(String variable, String host, int port, Optional<String> user) {
        this.variable = variable;
        this.host = host;
        this.port = port;
        this.user = user;
    }

    /**
     * The proxy for a server: {@code https_proxy} or {@code http_proxy} after the server's scheme,
     * else {@code all_proxy}; in small letters or in capitals, small ones first. None for this
     * machine itself, nor for what {@code no_proxy} names.
     *
     * @throws ModelUnavailableException when what is set is no proxy's address; does not quote it
     */
    static Optional<HttpProxy> of(String baseUrl, UnaryOperator<String> environment) {
        URI server = URI.create(baseUrl);
        if (loopback(server.getHost()) || excepted(server, environment)) {
            return Optional.empty();
        }
        for (String name : List.of(server.getScheme() + "_proxy", "all_proxy")) {
            for (String variable : spellings(name)) {
                String set = environment.apply(variable);
                if (set != null && !set.isBlank()) {
                    return Optional.of(parse(variable, set.strip()));
                }
            }
        }
        return Optional.empty();
    }

    /** Whether a host is this machine by name or number: nothing goes there through a proxy. */
    static boolean loopback(String host) {
        String plain = host.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
        return plain.equals("localhost")
                || number(plain).filter(InetAddress::isLoopbackAddress).isPresent();
    }

    /** What tells the proxy who asks; empty where nobody said. */
    Optional<String> authorization() {
        return user.map(text ->
                "Basic "
                        + Base64.getEncoder()
                                .encodeToString(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** What is wrong where the proxy lets nobody in who does not say who asks. */
    String refusal() {
        return this
                + (user.isPresent()
                        ? " does not accept the user and password given there"
                        : " wants a user and a password: write http://user:password@"
                                + host
                                + ":"
                                + port
                                + " there");
    }

    /** Through this proxy; without one as Java itself is told, but for this machine directly. */
    static ProxySelector selector(Optional<HttpProxy> proxy) {
        if (proxy.isPresent()) {
            // Its name is looked up again for each connection.
            return ProxySelector.of(
                    InetSocketAddress.createUnresolved(proxy.get().host, proxy.get().port));
        }
        return new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                ProxySelector own = ProxySelector.getDefault();
                return own == null || loopback(uri.getHost())
                        ? List.of(Proxy.NO_PROXY)
                        : own.select(uri);
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException failure) {
                // The request says so itself.
            }
        };
    }

    /**
     * Lets Java's client send a password to a proxy on the way to a server with TLS, which it
     * leaves out unless told otherwise (RFC 7617: whoever sees the line to the proxy can read it).
     * Who wrote it into the environment wants it sent. Java reads this once, before its first
     * request.
     */
    static void allowPasswords() {
        String property = "jdk.http.auth.tunneling.disabledSchemes";
        if (System.getProperty(property) == null) {
            System.setProperty(property, "");
        }
    }

    @Override
    public String toString() {
        return "the proxy " + host + ":" + port + " (" + variable + ")";
    }

    private static HttpProxy parse(String variable, String text) {
        Matcher address = ADDRESS.matcher(text);
        String scheme = "";
        if (address.matches()) {
            scheme = address.group("scheme") == null ? "http" : address.group("scheme");
            int port = Integer.parseInt(address.group("port"));
            if (scheme.equalsIgnoreCase("http") && port > 0 && port < 1 << 16) {
                return new HttpProxy(
                        variable,
                        address.group("host").replaceAll("[\\[\\]]", ""),
                        port,
                        Optional.ofNullable(address.group("user")).map(HttpProxy::decoded));
            }
        }
        throw new ModelUnavailableException(
                variable
                        + (scheme.isEmpty() || scheme.equalsIgnoreCase("http")
                                ? " holds no proxy's address"
                                : " names a proxy of the kind " + scheme + ", which cannot be used")
                        + ": expected http://host:port, or http://user:password@host:port; unset"
                        + " it, or name the server in no_proxy to reach it directly");
    }

    /** Percent signs stand for what a URL cannot hold; a plus is a plus. */
    private static String decoded(String user) {
        try {
            return URLDecoder.decode(user.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return user;
        }
    }

    /**
     * Whether {@code no_proxy} names the server: its name or the end of it, its address or a block
     * of addresses ({@code 10.0.0.0/8}), with a port or without; {@code *} names all.
     */
    private static boolean excepted(URI server, UnaryOperator<String> environment) {
        for (String variable : spellings("no_proxy")) {
            String set = environment.apply(variable);
            if (set != null && !set.isBlank()) {
                return List.of(set.strip().split("[\\s,]+")).stream()
                        .anyMatch(entry -> names(entry, server));
            }
        }
        return false;
    }

    private static boolean names(String entry, URI server) {
        if (entry.equals("*")) {
            return true;
        }
        String host = server.getHost().toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
        String named = entry.toLowerCase(Locale.ROOT);
        if (named.contains("/")) {
            return within(host, named);
        }
        Matcher withPort = Pattern.compile("(\\[.*\\]|[^:]*):(\\d+)").matcher(named);
        if (withPort.matches()) {
            if (Integer.parseInt(withPort.group(2)) != port(server)) {
                return false;
            }
            named = withPort.group(1);
        }
        if (number(host).isPresent()) {
            return number(host).equals(number(named));
        }
        String end = named.replaceFirst("^\\*?\\.", "").replaceFirst("\\.$", "");
        return !end.isEmpty() && (host.equals(end) || host.endsWith("." + end));
    }

    private static boolean within(String host, String block) {
        String[] parts = block.split("/", 2);
        Optional<InetAddress> first = number(parts[0]);
        Optional<InetAddress> address = number(host);
        if (first.isEmpty() || address.isEmpty() || !parts[1].matches("\\d{1,3}")) {
            return false;
        }
        byte[] one = first.get().getAddress();
        byte[] other = address.get().getAddress();
        int bits = Integer.parseInt(parts[1]);
        if (one.length != other.length || bits > one.length * 8) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> bit % 8;
            if ((one[bit / 8] & mask) != (other[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    private static int port(URI server) {
        return server.getPort() >= 0
                ? server.getPort()
                : server.getScheme().equals("https") ? 443 : 80;
    }

    /** An address written as numbers; empty for a name, which is never looked up. */
    private static Optional<InetAddress> number(String text) {
        String plain = text.replaceAll("^\\[|\\]$", "");
        if (!plain.matches("\\d{1,3}(\\.\\d{1,3}){3}") && !plain.contains(":")) {
            return Optional.empty();
        }
        try {
            URI literal = new URI("x://" + (plain.contains(":") ? "[" + plain + "]" : plain));
            return literal.getHost() == null
                    ? Optional.empty()
                    : Optional.of(InetAddress.getByName(literal.getHost()));
        } catch (URISyntaxException | UnknownHostException e) {
            return Optional.empty();
        }
    }

    private static List<String> spellings(String name) {
        return List.of(name, name.toUpperCase(Locale.ROOT));
    }
}
