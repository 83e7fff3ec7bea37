package io.graft.checkpoint.source;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A web server on a real socket that answers as it is told to: also late, in part and wrongly. */
final class ScriptedServer implements AutoCloseable {
    private final ServerSocket socket;
    private final List<Answer> script;
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    /** What a client has asked for; names of headers are in lower case. */
    record Request(String line, Map<String, String> headers) {
        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /** Writes one answer; the connection is closed after it. */
    @FunctionalInterface
    interface Answer {
        void to(Request request, Socket client) throws IOException, InterruptedException;
    }

    /** The first request gets the first answer and so on; the last answer is for all that follow. */
    ScriptedServer(Answer... script) throws IOException {
        this.script = List.of(script);
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread acceptor = new Thread(this::accept, "scripted-server");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    String url(String path) {
        return "http://localhost:" + socket.getLocalPort() + path;
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    /** The values that the requests have had for a header, in order; empty where they had none. */
    List<String> sent(String header) {
        return requests.stream().map(request -> request.header(header)).toList();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                Thread thread = new Thread(() -> serve(client), "scripted-server-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            Request request = read(client);
            int number;
            synchronized (this) {
                number = requests.size();
                requests.add(request);
            }
            script.get(Math.min(number, script.size() - 1)).to(request, client);
        } catch (IOException gone) {
            // the client has broken off, which is for the test to judge
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static Request read(Socket client) throws IOException {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
        String line = in.readLine();
        Map<String, String> headers = new TreeMap<>();
        for (String header = in.readLine(); header != null && !header.isEmpty(); header = in.readLine()) {
            int colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        return new Request(line, headers);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A good server's answer: knows ranges, and what is at hand already. */
    static Answer file(byte[] content, String etag) {
        return (request, client) -> {
            if (!etag.isEmpty() && request.header("if-none-match").equals(etag)) {
                write(client, 304, new byte[0], "ETag: " + etag);
                return;
            }
            boolean resumes = !request.header("range").isEmpty()
                    && request.header("if-range").equals(etag);
            if (!resumes) {
                write(client, 200, content, etag.isEmpty() ? "X: x" : "ETag: " + etag);
                return;
            }
            int from = Integer.parseInt(request.header("range").replaceAll("\\D", ""));
            if (from >= content.length) {
                write(client, 416, new byte[0], "Content-Range: bytes */" + content.length);
                return;
            }
            write(
                    client,
                    206,
                    Arrays.copyOfRange(content, from, content.length),
                    "ETag: " + etag,
                    "Content-Range: bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        };
    }

    static Answer status(int status, String... headers) {
        return (request, client) -> write(client, status, new byte[0], headers);
    }

    static Answer body(int status, byte[] content, String... headers) {
        return (request, client) -> write(client, status, content, headers);
    }

    /** Declares the whole content, and sends the beginning of what {@link #file} would. */
    static Answer cut(byte[] content, String etag, int sent) {
        return (request, client) -> {
            head(client, content, etag, sent);
            // a client that sees the end of the connection at once may tell of no answer at all
            Thread.sleep(100);
        };
    }

    /** As {@link #cut}, but the connection stays open and silent until the client goes. */
    static Answer stall(byte[] content, String etag, int sent) {
        return (request, client) -> {
            head(client, content, etag, sent);
            awaitEnd(client);
        };
    }

    /** Takes the request and never answers. */
    static Answer silence() {
        return (request, client) -> awaitEnd(client);
    }

    private static void head(Socket client, byte[] content, String etag, int sent) throws IOException {
        OutputStream out = client.getOutputStream();
        out.write(("HTTP/1.1 200 x\r\nConnection: close\r\nETag: " + etag + "\r\nContent-Length: " + content.length
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        out.write(content, 0, sent);
        out.flush();
    }

    private static void awaitEnd(Socket client) throws IOException {
        int read = client.getInputStream().read();
        if (read >= 0) {
            throw new IOException("the client sends more than one request");
        }
    }

    static void write(Socket client, int status, byte[] content, String... headers) throws IOException {
        OutputStream out = client.getOutputStream();
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " x\r\nConnection: close\r\n");
        boolean declares = Arrays.stream(headers).noneMatch(header -> header.startsWith("Content-Length"))
                && status != 204
                && status != 304;
        if (declares) {
            head.append("Content-Length: ").append(content.length).append("\r\n");
        }
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        out.write(content);
        out.flush();
    }
}
