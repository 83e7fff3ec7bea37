package io.graft.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.sun.net.httpserver.HttpServer;
import io.graft.Report;
import io.graft.apply.output.OutputModifiers;
import io.graft.problem.Problem;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model of a server has its configuration, as one of this machine has. */
class FetchedModelTest {
    private static final String CONFIG = """
            { "architectures": ["LlamaForCausalLM"], "tie_word_embeddings": true, "torch_dtype": "float32" }
            """;

    private Project project;
    private ModelModifierApplier applier;
    private HttpServer server;
    private int refusal = 404;

    @BeforeEach
    void serve(@TempDir Path root) throws IOException {
        project = Project.in(root.resolve("project"));
        applier = ModelModifierApplier.create(OutputModifiers.extension(root.resolve("extension")));
        Files.createDirectory(project.file("lm"));
        Path file = project.sevens(
                "lm.safetensors", DType.F32, new TreeMap<>(Map.of("model.embed_tokens.weight", Shape.of(2, 1))));
        Files.move(file, project.file("lm/model.safetensors"));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.createContext("/", exchange -> {
            Path asked = project.file("lm")
                    .resolve(exchange.getRequestURI().getPath().substring(1));
            if (Files.isRegularFile(asked)) {
                exchange.sendResponseHeaders(200, Files.size(asked));
                Files.copy(asked, exchange.getResponseBody());
            } else {
                exchange.sendResponseHeaders(refusal, -1);
            }
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void itsConfigurationTellsOfTiesAndGoesAlongCorrected() throws IOException {
        Files.writeString(project.file("lm/config.json"), CONFIG);
        Report report = apply();
        assertEquals(
                List.of("lm_head.weight", "model.embed_tokens.weight"),
                report.plan().tensors().stream()
                        .map(tensor -> tensor.name())
                        .sorted()
                        .toList());
        assertEquals(CONFIG.replace("float32", "bfloat16"), Files.readString(project.file("out/config.json")));
        assertEquals(
                List.of(
                        "of what lies beside the model, `config.json` alone was fetched; the rest, such as its tokenizer, does"
                                + " not go along; copy it"),
                told(report));
    }

    @Test
    void thatNothingGoesAlongIsSaid() throws IOException {
        Report report = apply();
        assertFalse(Files.exists(project.file("out/config.json")));
        assertEquals(
                List.of(
                        "what lies beside the model, such as its tokenizer, was not fetched and does not go along; copy it"),
                told(report));
    }

    @Test
    void aBrokenConfigurationAndOneThatIsRefusedAreToldOnce() throws IOException {
        Files.writeString(project.file("lm/config.json"), "{\"tie_word_embeddings\": true,\n}");
        assertEquals(
                "`URI`: `config.json` beside it is no JSON (line 2); it is not used, and does not go along",
                told(apply()).get(0));
        Files.delete(project.file("lm/config.json"));
        Files.delete(project.file("out/graft-manifest.json"));
        Files.delete(project.file("out/model.safetensors"));
        Files.delete(project.file("out"));
        refusal = 403;
        assertEquals(
                "`URI`: `config.json` beside it cannot be fetched (the server answers 403: it wants to know who asks, or does not"
                        + " let them); it is not used, and does not go along",
                told(apply()).get(0));
    }

    private Report apply() throws IOException {
        Path config = project.config("graft { model.checkpoint = \"" + uri()
                + "\", modifiers = [ { type = cast, dtype = bf16 } ], output { path = out } }\n");
        return applier.configuration(config).run();
    }

    private String uri() {
        return "http://localhost:" + server.getAddress().getPort() + "/model.safetensors";
    }

    private List<String> told(Report report) {
        return report.problems().stream()
                .map(Problem::message)
                .map(text -> text.replace(uri(), "URI"))
                .toList();
    }
}
