package io.graft.apply.output;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.GraftException;
import io.graft.Report;
import io.graft.apply.ModelModifierApplier;
import io.graft.apply.Project;
import io.graft.apply.TestModifiers;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.Fixtures;
import io.graft.checkpoint.LlamaFile;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.problem.Problem;
import io.graft.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that are written as GGUF, and models that lie in one. */
class GgufOutputTest {
    @TempDir
    Path root;

    private Project project;
    private ModelModifierApplier applier;

    @BeforeEach
    void makeProject() throws IOException {
        project = Project.in(root.resolve("project"));
        applier = ModelModifierApplier.create(TestModifiers.extension(root.resolve("extension")));
        Files.copy(Fixtures.path("/fixtures/quantized/gguf-q8_0/model.gguf"), project.file("q8.gguf"));
    }

    private Report apply(String model, String format) throws IOException {
        Path config = project.config("""
                graft.model.checkpoint = %s
                graft.modifiers = []
                graft.output { path = out, overwrite = true, format = %s }
                """.formatted(model, format));
        return applier.configuration(config).run();
    }

    @Test
    void aModelIsWrittenUnderItsNames() throws IOException {
        apply("model.safetensors", "gguf");
        assertEquals(
                Project.tensors(project.file("model.safetensors")),
                new TreeMap<>(Project.tensors(project.file("out"))));
        Checkpoint written = Checkpoint.open(project.file("out"));
        assertEquals("gguf", written.format());
        assertEquals(project.file("out/model.gguf"), written.path());
        assertEquals(Map.of("general.architecture", "tensors"), written.metadata());
    }

    @Test
    void theArchitectureIsWhatTheConfigurationSays() throws IOException {
        apply("model.safetensors", "{ type = gguf, architecture = wan }");
        assertEquals(
                Map.of("general.architecture", "wan"),
                Checkpoint.open(project.file("out")).metadata());
        assertEquals(
                "pattern: must match `[a-z0-9][a-z0-9_-]*`; ",
                failure("model.safetensors", "{ type = gguf, architecture = \"A B\" }"));
    }

    @Test
    void blocksAreCopied() throws IOException {
        apply("q8.gguf", "gguf");
        Map<String, TensorEntry> before =
                Checkpoint.open(project.file("q8.gguf")).stored();
        Map<String, TensorEntry> after = Checkpoint.open(project.file("out")).stored();
        assertEquals(before.keySet(), after.keySet());
        for (TensorEntry entry : before.values()) {
            assertEquals(entry.blockType(), after.get(entry.name()).blockType());
            assertArrayEquals(
                    Fixtures.bytes(StoredTensor.of(entry, "in").materialize()),
                    Fixtures.bytes(
                            StoredTensor.of(after.get(entry.name()), "out").materialize()));
        }
    }

    @Test
    void blocksAreNoTensorOfAnotherFormat() throws IOException {
        Map<String, String> before = project.files();
        for (String format : List.of("safetensors", "pytorch")) {
            assertEquals(
                    "checkpoint-unsupported: `blk.0.attn_q.weight`, `blk.0.ffn_down.weight`: each is quantized as Q8_0, in"
                            + " blocks that only a GGUF file holds; write a GGUF file, or convert with a dtype first, as `graft convert IN OUT --dtype"
                            + " BF16` does",
                    failure("q8.gguf", format));
        }
        Files.delete(project.file("graft.conf"));
        assertEquals(before, project.files());
    }

    private String failure(String model, String format) {
        GraftException failure = assertThrows(GraftException.class, () -> apply(model, format));
        return failure.problems().stream()
                .filter(Problem::isError)
                .map(problem -> problem.code().id() + ": " + problem.message() + "; " + problem.help())
                .collect(Collectors.joining("\n"));
    }

    @Test
    void whatAModelSaysIsSaidAgainByteForByte() throws IOException {
        for (int version : new int[] {2, 3}) {
            Files.write(project.file("llama.gguf"), LlamaFile.bytes(version));
            Report report = apply("llama.gguf", "gguf");
            assertEquals(
                    List.of("no modifiers are listed, so nothing is changed"),
                    report.problems().stream().map(Problem::message).toList());
            assertArrayEquals(LlamaFile.bytes(version), Files.readAllBytes(project.file("out/model.gguf")));
        }
    }

    /** A modifier may give tensors other types, and what tells of types follows; another architecture is another model. */
    @Test
    void ofTensorsOfOtherTypesItIsSaidToo() throws IOException {
        Files.write(project.file("llama.gguf"), LlamaFile.bytes(3));
        Path config = project.config("""
                graft.model.checkpoint = llama.gguf
                graft.modifiers = [{ type = cast, dtype = bf16, prefix = square }]
                graft.output { path = out, overwrite = true, format = gguf }
                """);
        Report report = ModelModifierApplier.create(OutputModifiers.extension(root.resolve("modifiers")))
                .configuration(config)
                .run();
        assertEquals(List.of(), report.problems().stream().map(Problem::message).toList());
        Checkpoint written = Checkpoint.open(project.file("out"));
        Map<String, String> said =
                new TreeMap<>(Checkpoint.open(project.file("llama.gguf")).metadata());
        said.put("general.quantization_version", "2");
        assertEquals(said, written.metadata());
        assertEquals(DType.BF16, written.tensors().get("square.weight").dtype());
        report = apply("llama.gguf", "{ type = gguf, architecture = wan }");
        assertEquals("wan", Checkpoint.open(project.file("out")).metadata().get("general.architecture"));
        assertEquals(
                List.of("metadata that gguf files are written without: general.architecture, llama.block_count,"
                        + " llama.rope.freq_base, tokenizer.ggml.tokens"),
                report.problems().stream()
                        .map(Problem::message)
                        .filter(message -> message.startsWith("meta"))
                        .toList());
    }
}
