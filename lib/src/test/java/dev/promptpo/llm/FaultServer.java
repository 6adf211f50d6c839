package dev.promptpo.llm;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A server on loopback that reads HTTP requests and answers them, bytes at will. */
final class FaultServer implements AutoCloseable {

    /** What is done with a connection once its request is read. */
    @FunctionalInterface
    interface Play {
        void answer(Connection connection) throws IOException, InterruptedException;
    }

    /** A request that came. */
    record Received(String line, List<String> headers, String body) {
        String header(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return headers.stream()
                    .filter(header -> header.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(header -> header.substring(prefix.length()).strip())
                    .findFirst()
                    .orElse("");
        }
    }

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final boolean reads;
    private final Play play;

    FaultServer(Play play) throws IOException {
        this(true, play);
    }

    private FaultServer(boolean reads, Play play) throws IOException {
        this.reads = reads;
        this.play = play;
        Thread.ofVirtual().start(this::accept);
    }

    /** One that plays as soon as somebody connects, and reads nothing. */
    static FaultServer deaf(Play play) throws IOException {
        return new FaultServer(false, play);
    }

    String url() {
        return "http://localhost:" + listener.getLocalPort();
    }

    List<Received> received() {
        return received;
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            if (!reads) {
                play.answer(new Connection(socket, closed));
                return;
            }
            InputStream in = socket.getInputStream();
            List<String> head = head(in);
            if (head.isEmpty()) {
                return;
            }
            Received request = new Received(head.getFirst(), head.subList(1, head.size()), "");
            String length = request.header("Content-Length");
            byte[] body = length.isEmpty() ? new byte[0] : in.readNBytes(Integer.parseInt(length));
            received.add(
                    new Received(
                            request.line(),
                            request.headers(),
                            new String(body, StandardCharsets.UTF_8)));
            play.answer(new Connection(socket, closed));
        } catch (IOException e) {
            // The client went away, which some faults are about.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
        }
    }

    private static List<String> head(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                return List.of();
            }
            bytes.write(next);
        }
        return bytes.toString(StandardCharsets.ISO_8859_1).strip().lines().toList();
    }

    /** The server's end of one connection. */
    record Connection(Socket socket, CountDownLatch closed) {

        /** A whole response; the connection is closed after it. */
        void respond(int status, String contentType, byte[] body, String... headers)
                throws IOException {
            head(status, contentType, body.length, headers);
            send(body);
        }

        void json(int status, String body, String... headers) throws IOException {
            respond(status, "application/json", body.getBytes(StandardCharsets.UTF_8), headers);
        }

        void head(int status, String contentType, int length, String... headers)
                throws IOException {
            StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Said\r\n");
            head.append("Content-Length: ").append(length).append("\r\nConnection: close\r\n");
            if (!contentType.isEmpty()) {
                head.append("Content-Type: ").append(contentType).append("\r\n");
            }
            for (String header : headers) {
                head.append(header).append("\r\n");
            }
            send(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        }

        void send(byte[] bytes) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
        }

        /** Silence for as long as the server lives. */
        void stall() throws InterruptedException {
            closed.await();
        }

        /** Ends the connection with a reset in place of an orderly close. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }
}
