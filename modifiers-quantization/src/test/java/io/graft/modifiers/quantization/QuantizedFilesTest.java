package io.graft.modifiers.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.graft.GraftException;
import io.graft.Plan;
import io.graft.Report;
import io.graft.apply.FileRun;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.checkpoint.write.Part;
import io.graft.model.DraftTensor;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.report.ReportJson;
import io.graft.report.ReportText;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run on a checkpoint writes: codes that stand for the values of the plan, told beside them, or nothing at all. */
class QuantizedFilesTest {
    private static final String CONFIG = """
            {
              "architectures": ["LlamaForCausalLM"],
              "model_type": "llama",
              "torch_dtype": "float32"
            }
            """;

    @TempDir
    Path folder;

    private static double[] normal(int count, long seed) {
        return new Random(seed).doubles(count, 0, 1).map(u -> 2 * u - 1).toArray();
    }

    private static ModelFixture model(DType dtype) {
        return ModelFixture.empty()
                .with("model.embed_tokens.weight", dtype, Shape.of(5, 96), normal(480, 1))
                .with("model.layers.0.q_proj.weight", dtype, Shape.of(33, 96), normal(33 * 96, 2))
                .with("model.layers.0.norm.weight", dtype, Shape.of(96), normal(96, 3))
                .with("model.layers.10.q_proj.weight", dtype, Shape.of(3, 7), normal(21, 4))
                .with("lm_head.weight", dtype, Shape.of(5, 96), normal(480, 5));
    }

    private FileRun run(ModelFixture model, String config, String options) throws IOException {
        Path in = Files.createDirectories(folder.resolve("in"));
        Path file = model.save(in, "model");
        if (!config.isEmpty()) {
            Files.writeString(in.resolve("config.json"), config);
        }
        return run(file, options);
    }

    private FileRun run(Path file, String options) {
        return ModelModifierApplier.create()
                .configuration(ConfigFactory.parseString("graft { model { checkpoint = \"" + file
                        + "\" }, modifiers = [ { type = quantization, " + options + " } ], output { path = \""
                        + folder.resolve("out") + "\" } }"));
    }

    private Checkpoint written() {
        return Checkpoint.open(folder.resolve("out"));
    }

    private static float[] floats(TensorEntry entry) throws IOException {
        return LazyTensors.floats(io.graft.checkpoint.StoredTensor.of(entry, "written"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "scheme = int8",
                "scheme = nf4",
                "scheme = fp4, block-size = 32",
                "scheme = nf4, double-quantization = true",
                "scheme = nf4, compute-dtype = f16, block-size = 4096",
                "scheme = nf4, overrides { \"layers.0.q_proj\" { scheme = int8 } }"
            })
    void whatIsReadAgainIsWhatWasPlanned(String options) throws IOException {
        for (DType dtype : List.of(DType.F32, DType.BF16, DType.F16)) {
            folder = Files.createDirectory(folder.resolve(dtype.name()));
            Report report = run(model(dtype), CONFIG, options).run();
            Checkpoint again = written();
            for (DraftTensor planned : report.plan().tensors()) {
                if (planned.owner().isEmpty()) {
                    TensorEntry entry = again.tensors().get(planned.name());
                    assertArrayEquals(LazyTensors.floats(planned.value()), floats(entry), planned.name());
                    assertEquals(planned.storage().isPresent(), entry.encoding().isPresent(), planned.name());
                }
            }
            assertEquals(
                    options.contains("overrides")
                            ? List.of("config.json has no quantization_config; by their names and dtypes, 2 weights are"
                                    + " codes of bitsandbytes")
                            : List.of(),
                    again.warnings());
        }
    }

    @Test
    void theFilesAreThoseOfBitsAndBytes() throws IOException {
        run(model(DType.BF16), CONFIG, "scheme = nf4, double-quantization = true")
                .run();
        assertEquals(
                new TreeSet<>(List.of(
                        "lm_head.weight",
                        "model.embed_tokens.weight",
                        "model.layers.0.norm.weight",
                        "model.layers.0.q_proj.weight",
                        "model.layers.0.q_proj.weight.absmax",
                        "model.layers.0.q_proj.weight.nested_absmax",
                        "model.layers.0.q_proj.weight.nested_quant_map",
                        "model.layers.0.q_proj.weight.quant_map",
                        "model.layers.0.q_proj.weight.quant_state.bitsandbytes__nf4",
                        "model.layers.10.q_proj.weight",
                        "model.layers.10.q_proj.weight.absmax",
                        "model.layers.10.q_proj.weight.nested_absmax",
                        "model.layers.10.q_proj.weight.nested_quant_map",
                        "model.layers.10.q_proj.weight.quant_map",
                        "model.layers.10.q_proj.weight.quant_state.bitsandbytes__nf4")),
                new TreeSet<>(written().stored().keySet()));
        assertEquals("""
                {
                  "architectures": ["LlamaForCausalLM"],
                  "model_type": "llama",
                  "torch_dtype": "float32",
                  "quantization_config": {
                    "bnb_4bit_compute_dtype": "bfloat16",
                    "bnb_4bit_quant_type": "nf4",
                    "bnb_4bit_use_double_quant": true,
                    "llm_int8_skip_modules": [
                      "lm_head",
                      "model.embed_tokens"
                    ],
                    "load_in_4bit": true,
                    "quant_method": "bitsandbytes"
                  }
                }
                """, Files.readString(folder.resolve("out/config.json")));
        assertTrue(ModelConfiguration.in(folder.resolve("out")).quantization().isPresent());
    }

    @Test
    void configurationsOfBothKindsAreNotSaid() throws IOException {
        Plan plan = run(model(DType.F32), CONFIG, "scheme = nf4, overrides { \"layers.0.q_proj\" { scheme = int8 } }")
                .plan();
        assertEquals(
                List.of(
                        "`config.json` can tell of one kind of quantized weights, and there are several: it says nothing of"
                                + " them"),
                plan.problems().stream().map(Problem::message).toList());
        assertEquals(List.of(), plan.output().orElseThrow().corrections());
    }

    @Test
    void aPlanTellsSizesAndExpectedErrors() throws IOException {
        FileRun run = run(model(DType.F32), CONFIG, "scheme = nf4");
        Plan plan = run.plan();
        String text = ReportText.full().of(plan);
        assertTrue(text.contains("""
                           ~ 2 stored as nf4 in blocks of 64
                               model.layers.0.q_proj.weight: 12,672 bytes -> 1,925 bytes, expected error 0.0920 (20.7 dB) if normally distributed
                               model.layers.10.q_proj.weight: 84 bytes -> 154 bytes, expected error 0.0920 (20.7 dB) if normally distributed
                        """), text);
        String json = ReportJson.compact("plan", folder).of(plan);
        assertTrue(
                json.contains(
                        "\"quantized\":[{\"name\":\"model.layers.0.q_proj.weight\",\"parametrization\":\"nf4\",\"bytes-before\":12672,\"bytes\":1925,\"expected-error\":0.092},"),
                json);
    }

    @Test
    void aPlanTellsTheKernel() throws IOException {
        Plan plan = run(model(DType.F32), CONFIG, "scheme = int8-dynamic").plan();
        String text = ReportText.full().of(plan);
        assertTrue(text.contains(" if normally distributed, kernel dynamic\n"), text);
        String json = ReportJson.compact("plan", folder).of(plan);
        assertTrue(json.contains("\"parametrization\":\"int8\",\"kernel\":\"dynamic\",\"bytes-before\":12672"), json);
    }

    /** By what others compute of what was written. */
    @Test
    void aReportTellsWhatWasMeasured() throws IOException {
        Report report = run(model(DType.F32), CONFIG, "scheme = nf4, double-quantization = true")
                .run();
        float[] values = toFloats(normal(33 * 96, 2));
        float[] restored = floats(written().tensors().get("model.layers.0.q_proj.weight"));
        double error = 0;
        double square = 0;
        for (int i = 0; i < values.length; i++) {
            error += Math.pow((double) values[i] - restored[i], 2);
            square += Math.pow(values[i], 2);
        }
        double relative = Math.sqrt(error / square);
        String line = String.format(
                java.util.Locale.ROOT,
                "model.layers.0.q_proj.weight: 12,672 bytes -> %s, error %.3g (%.1f dB)",
                "2,898 bytes",
                relative,
                -20 * Math.log10(relative));
        String text = ReportText.full().of(report);
        assertTrue(text.contains(line), () -> line + "\n" + text);
        String manifest = Files.readString(folder.resolve("out/graft-manifest.json"));
        assertTrue(manifest.contains("\"sqnr\": "), manifest);
        assertTrue(manifest.contains("\"error\": " + Double.toString(relative).substring(0, 6)), manifest);
    }

    private static float[] toFloats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    @Test
    void nothingIsWrittenBeyondTheLargestError() throws IOException {
        FileRun run = run(
                model(DType.F32),
                CONFIG,
                "scheme = nf4, max-error = 0.01, overrides { \"layers.10.q_proj\" { max-error = 1 } }");
        Problem problem =
                assertThrows(GraftException.class, run::run).problems().get(0);
        assertEquals(ProblemCode.PRECISION_LOST, problem.code());
        assertTrue(
                problem.message()
                        .matches(
                                "`model\\.layers\\.0\\.q_proj\\.weight`: as nf4 in blocks of 64, values are off by 0\\.0\\d+ of"
                                        + " their norm, and no more than 0\\.01 is allowed"),
                problem.message());
        assertEquals(
                "give it more bits or smaller groups, leave it as it is, or allow more; the model and the output are as they"
                        + " were",
                problem.help());
        assertFalse(Files.exists(folder.resolve("out")));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void valuesThatAreNoNumbersAreFound(double value) throws IOException {
        double[] values = normal(33 * 96, 2);
        values[3 * 96 + 17] = value;
        String message = failure(values, "scheme = nf4");
        assertEquals(
                "`model.layers.0.q_proj.weight` holds " + (float) value
                        + " at [3, 17], and finite numbers alone can be quantized",
                message);
        assertEquals(
                "`model.layers.0.q_proj.weight` holds " + (float) value
                        + " at [3, 17], and finite numbers alone can be quantized",
                failure(values, "scheme = int8"));
    }

    @Test
    void valuesThatHalfPrecisionLacksAreFound() throws IOException {
        double[] values = normal(33 * 96, 2);
        values[96] = -65519;
        run(
                        ModelFixture.of("model.layers.0.q_proj.weight", DType.F32, Shape.of(33, 96), values),
                        CONFIG,
                        "scheme = int8")
                .run();
        values[97] = -65520;
        assertEquals(
                "`model.layers.0.q_proj.weight` holds -65520.0 at"
                        + " [1, 1], which half precision cannot hold, and int8 of bitsandbytes is made of that",
                failure(values, "scheme = int8"));
    }

    private String failure(double[] values, String options) throws IOException {
        folder = Files.createDirectory(folder.resolve("failing" + options.hashCode()));
        FileRun run = run(
                ModelFixture.of("model.layers.0.q_proj.weight", DType.F32, Shape.of(33, 96), values), CONFIG, options);
        Problem problem =
                assertThrows(GraftException.class, run::run).problems().get(0);
        assertEquals(ProblemCode.UNSUPPORTED_CHANGE, problem.code());
        assertEquals("graft.modifiers[0]", problem.path());
        assertEquals(
                "leave out the module (exclude-modules), or requantize where an adapter is merged; or take a model without such values; the model and the output are"
                        + " as they were",
                problem.help());
        assertFalse(Files.exists(folder.resolve("out")));
        return problem.message();
    }

    @Test
    void aModelThatIsQuantizedAlreadyIsToldOf() throws IOException {
        run(model(DType.F32), CONFIG, "scheme = nf4").run();
        Path quantized = folder.resolve("out");
        folder = folder.resolve("again");
        Plan plan = run(quantized.resolve("model.safetensors"), "scheme = int8").plan();
        assertEquals(
                List.of(
                        "`skip` leaves norms (`model.layers.0.norm`), embeddings (`model.embed_tokens`), heads (`lm_head`) as"
                                + " they are",
                        "quantized already, and left as they are: `model.layers.0.q_proj.weight`,"
                                + " `model.layers.10.q_proj.weight`",
                        "nothing is quantized"),
                plan.modifiers().get(0).warnings());
        assertFalse(plan.hasChanges());
    }

    /** Values and order of the writer do not matter: parts give the same files. */
    @Test
    void partsGiveTheSameFiles() throws IOException {
        FileRun run = run(model(DType.F32), CONFIG, "scheme = nf4, double-quantization = true");
        run.run();
        byte[] whole = Files.readAllBytes(folder.resolve("out/model.safetensors"));
        Path parts = folder.resolve("parts");
        run.output(parts).run(new Part(1, 2));
        run.output(parts).run(new Part(2, 2));
        assertArrayEquals(whole, Files.readAllBytes(parts.resolve("model.safetensors")));
    }
}
