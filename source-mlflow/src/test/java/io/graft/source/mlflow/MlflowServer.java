package io.graft.source.mlflow;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands in for MLflow: a real web server that speaks the part of its REST API that a source asks for. */
final class MlflowServer implements AutoCloseable {
    /** When every file was last changed, as the server says it. */
    static final String DATE = "Wed, 25 Nov 2026 10:00:00 GMT";

    private final HttpServer server;
    private final Map<String, byte[]> answers = new HashMap<>();
    private final Map<String, Integer> refusals = new HashMap<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private final List<String> conditions = new CopyOnWriteArrayList<>();
    private volatile boolean tags = true;

    MlflowServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    /** A call of the API and its JSON; the query counts, without escapes. */
    MlflowServer api(String call, String json) {
        answers.put("/api/2.0/mlflow/" + call, json.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** A call of the API that is refused. */
    MlflowServer refused(String call, int status) {
        refusals.put("/api/2.0/mlflow/" + call, status);
        return this;
    }

    /** An artifact that the server hands out. */
    MlflowServer artifact(String path, byte[] content) {
        answers.put("/api/2.0/mlflow-artifacts/artifacts/" + path, content);
        return this;
    }

    /** From now on it tells versions by their dates. */
    void withoutTags() {
        tags = false;
    }

    /** The date that each request for an artifact asks for changes since; a dash if it does not. */
    List<String> conditions() {
        return List.copyOf(conditions);
    }

    List<String> authorizations() {
        return List.copyOf(authorizations);
    }

    private void answer(HttpExchange exchange) throws IOException {
        authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        byte[] answer = answers.get(asked(exchange.getRequestURI()));
        if (answer == null) {
            byte[] error = ("{\"error_code\": \"RESOURCE_DOES_NOT_EXIST\", \"message\": \"no "
                            + exchange.getRequestURI() + "\"}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(refusals.getOrDefault(asked(exchange.getRequestURI()), 404), error.length);
            exchange.getResponseBody().write(error);
        } else {
            if (exchange.getRequestURI().getPath().contains("mlflow-artifacts")) {
                conditions.add(
                        Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("If-Modified-Since"), "-"));
            }
            if (tags) {
                exchange.getResponseHeaders().set("ETag", "\"" + Arrays.hashCode(answer) + "\"");
            } else {
                exchange.getResponseHeaders().set("Last-Modified", DATE);
            }
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        }
        exchange.close();
    }

    /** The call without escapes, and without what the client sends for servers of long ago. */
    private static String asked(URI uri) {
        String query = uri.getRawQuery();
        return query == null
                ? uri.getPath()
                : uri.getPath() + "?"
                        + URLDecoder.decode(query, StandardCharsets.UTF_8).replaceFirst("run_uuid=[^&]*&", "");
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
