package io.graft.modifiers.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.typesafe.config.ConfigFactory;
import io.graft.GraftException;
import io.graft.Report;
import io.graft.apply.FileRun;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.DraftTensor;
import io.graft.problem.Problem;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs that write other layouts than that of bitsandbytes, whose files are read again. */
class WrittenFilesTest {
    @TempDir
    Path folder;

    private static double[] normal(int count, long seed) {
        return new Random(seed).doubles(count, -1, 1).toArray();
    }

    private static ModelFixture model(DType dtype) {
        return ModelFixture.empty()
                .with("model.embed_tokens.weight", dtype, Shape.of(5, 256), normal(5 * 256, 1))
                .with("model.layers.0.q_proj.weight", dtype, Shape.of(33, 256), normal(33 * 256, 2))
                .with("model.layers.0.norm.weight", dtype, Shape.of(256), normal(256, 3))
                .with("model.layers.0.down_proj.weight", dtype, Shape.of(12, 512), normal(12 * 512, 4))
                .with("lm_head.weight", dtype, Shape.of(5, 256), normal(5 * 256, 5));
    }

    private static String word(DType dtype) {
        return dtype == DType.F32 ? "float32" : dtype == DType.BF16 ? "bfloat16" : "float16";
    }

    private FileRun run(DType dtype, String options, String format) throws IOException {
        Path in = Files.createDirectories(folder.resolve("in"));
        Path file = model(dtype).save(in, "model");
        Files.writeString(
                in.resolve("config.json"),
                "{\n  \"model_type\": \"llama\",\n  \"dtype\": \"" + word(dtype) + "\"\n}\n");
        return ModelModifierApplier.create()
                .configuration(ConfigFactory.parseString("graft { model { checkpoint = \"" + file
                        + "\" }, modifiers = [ { type = quantization, " + options + " } ], output { path = \""
                        + folder.resolve("out") + "\", format = " + format + " } }"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "scheme = int4 | safetensors | 4-bit integers, groups of 128",
                "scheme = int4, group-size = 32, symmetric = false | safetensors | 4-bit integers, groups of 32",
                "scheme = int8, layout = compressed-tensors | safetensors | int8, one scale a row",
                "scheme = int8-dynamic, layout = compressed-tensors | safetensors | int8, one scale a row",
                "scheme = int8, layout = compressed-tensors, group-size = 64, symmetric = false | safetensors | 8-bit integers, groups of 64",
                "scheme = fp8 | safetensors | FP8, blocks of [128, 128]",
                "scheme = fp8, block-size = 64 | safetensors | FP8, blocks of [64, 64]",
                "scheme = fp8, layout = compressed-tensors | safetensors | FP8, one scale a row",
                "scheme = int4 | pytorch | 4-bit integers, groups of 128"
            })
    void whatIsReadAgainIsWhatWasPlanned(String options, String format, String scheme) throws IOException {
        for (DType dtype : List.of(DType.F32, DType.BF16, DType.F16)) {
            folder = Files.createDirectory(folder.resolve(dtype.name()));
            Report report = run(dtype, options, format).run();
            Checkpoint again = Checkpoint.open(folder.resolve("out"));
            assertEquals(List.of(), again.warnings());
            for (DraftTensor planned : report.plan().tensors()) {
                if (planned.owner().isEmpty()) {
                    TensorEntry entry = again.tensors().get(planned.name());
                    assertEquals(planned.dtype(), entry.dtype(), planned.name());
                    assertArrayEquals(
                            LazyTensors.floats(planned.value()),
                            LazyTensors.floats(StoredTensor.of(entry, "again")),
                            planned.name());
                    assertEquals(
                            planned.storage().isPresent() ? scheme : "",
                            entry.encoding().map(encoding -> encoding.scheme()).orElse(""),
                            planned.name());
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'scheme = int8, layout = gguf', Q8_0",
        "'scheme = int4, layout = gguf', Q4_0",
        "'scheme = int4, layout = gguf, symmetric = false', Q4_K"
    })
    void aFileOfGgufIsReadAgain(String options, String type) throws IOException {
        for (DType dtype : List.of(DType.F32, DType.BF16)) {
            folder = Files.createDirectory(folder.resolve(dtype.name()));
            Report report = run(dtype, options, "gguf").run();
            Checkpoint again = Checkpoint.open(folder.resolve("out"));
            assertEquals("gguf", again.format());
            for (DraftTensor planned : report.plan().tensors()) {
                TensorEntry entry = again.tensors().get(planned.name());
                assertArrayEquals(
                        LazyTensors.floats(planned.value()),
                        LazyTensors.floats(StoredTensor.of(entry, "again")),
                        planned.name());
                assertEquals(
                        planned.storage().isPresent() ? type : "",
                        entry.encoding().map(encoding -> encoding.scheme()).orElse(""));
            }
            assertEquals(
                    "{\n  \"model_type\": \"llama\",\n  \"dtype\": \"" + word(dtype) + "\"\n}\n",
                    Files.readString(folder.resolve("out/config.json")));
        }
    }

    @Test
    void theConfigurationTellsOfGroups() throws IOException {
        run(DType.BF16, "scheme = int4, group-size = 64", "safetensors").run();
        assertEquals("""
                {
                  "model_type": "llama",
                  "dtype": "bfloat16",
                  "quantization_config": {
                    "config_groups": {
                      "group_0": {
                        "targets": ["Linear"],
                        "weights": {"num_bits": 4, "type": "int", "strategy": "group", "group_size": 64, "symmetric": true, "dynamic": false},
                        "input_activations": null
                      }
                    },
                    "format": "pack-quantized",
                    "ignore": [
                      "lm_head",
                      "model.embed_tokens"
                    ],
                    "quant_method": "compressed-tensors",
                    "quantization_status": "compressed"
                  }
                }
                """, Files.readString(folder.resolve("out/config.json")));
    }

    private String failure(String options, String format) {
        GraftException failure = assertThrows(
                GraftException.class, () -> run(DType.F32, options, format).run());
        assertFalse(Files.exists(folder.resolve("out")));
        return failure.problems().stream()
                .filter(Problem::isError)
                .map(problem -> problem.code().id() + ": " + problem.message() + "; " + problem.help())
                .collect(Collectors.joining("\n"));
    }

    @Test
    void blocksOfGgufNeedItsFormat() {
        assertEquals(
                "checkpoint-unsupported: `model.layers.0.down_proj.weight`, `model.layers.0.q_proj.weight`: each is quantized"
                        + " as Q8_0, in blocks that only a GGUF file holds; write a GGUF file, or convert with a dtype first,"
                        + " as `graft convert IN OUT --dtype BF16` does",
                failure("scheme = int8, layout = gguf", "safetensors"));
    }

    @Test
    void bytesThatGgufHasNoPlaceForAreRefused() {
        assertEquals(
                "checkpoint-unsupported: tensor 'model.layers.0.q_proj.weight' has dtype F8_E4M3, which GGUF files cannot"
                        + " hold; convert or remove the tensor",
                failure("scheme = fp8, target-modules = [q_proj]", "gguf"));
    }

    @Test
    void groupsThatDoNotDivideAreRefused() {
        assertEquals(
                "unsupported-change: `model.layers.0.q_proj.weight` has rows of 256 values, which groups of 96 do not divide;"
                        + " leave it out, or take another scheme",
                failure("scheme = int4, group-size = 96, target-modules = [q_proj]", "safetensors"));
    }
}
