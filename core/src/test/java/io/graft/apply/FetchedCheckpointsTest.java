package io.graft.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.graft.GraftException;
import io.graft.Plan;
import io.graft.checkpoint.Sha256;
import io.graft.report.ReportJson;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configurations whose model lies on a server. */
class FetchedCheckpointsTest {
    @TempDir
    private Path temporary;

    private HttpServer server;
    private Project project;
    private String base;

    @BeforeEach
    void start() throws IOException {
        project = Project.in(temporary.resolve("project"));
        byte[] content = Files.readAllBytes(project.file("model.safetensors"));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.createContext("/", exchange -> {
            boolean known = exchange.getRequestURI().getPath().equals("/model.safetensors");
            exchange.sendResponseHeaders(known ? 200 : 404, known ? content.length : -1);
            if (known) {
                exchange.getResponseBody().write(content);
            }
            exchange.close();
        });
        server.start();
        base = "http://localhost:" + server.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Plan plan(String uri) throws IOException {
        Path file = project.config("graft { model.checkpoint = \"" + uri + "\", modifiers = [], output.path = out }");
        return ModelModifierApplier.create().configuration(file).plan();
    }

    @Test
    void b27TheReportHoldsTheExactUriAndTheDigest() throws IOException {
        Plan plan = plan(base + "/model.safetensors");
        String json = ReportJson.compact("plan", project.folder()).of(plan);
        String digest = "%064x".formatted(new BigInteger(1, sha256(project.file("model.safetensors"))));
        byte[] content = Files.readAllBytes(project.file("model.safetensors"));
        int header = Long.BYTES
                + (int) ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getLong();
        assertTrue(
                json.endsWith("\"inputs\":[{\"uri\":\"" + base + "/model.safetensors\",\"bytes\":" + content.length
                        + ",\"header-sha256\":\"" + Sha256.of(Arrays.copyOf(content, header)) + "\",\"sha256\":\""
                        + digest + "\"}],\"outputs\":[{\"path\":\"out/model.safetensors\",\"kind\":\"model\"},"
                        + "{\"path\":\"out/graft-manifest.json\",\"kind\":\"manifest\"}]}\n"),
                json);
        assertEquals(base + "/model.safetensors", plan.model().uri());
        assertEquals(4, plan.tensors().size());
    }

    private static byte[] sha256(Path file) throws IOException {
        try {
            return MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Test
    void whatIsNotThereIsAProblemOfTheOption() throws IOException {
        GraftException failed = assertThrows(GraftException.class, () -> plan(base + "/other.safetensors"));
        assertEquals(
                List.of("checkpoint-not-found graft.model.checkpoint `" + base
                        + "/other.safetensors`: the server answers" + " 404 check the location"),
                failed.problems().stream()
                        .filter(problem -> problem.isError())
                        .map(problem -> problem.code().id() + " " + problem.path() + " " + problem.message() + " "
                                + problem.help())
                        .toList());
    }
}
