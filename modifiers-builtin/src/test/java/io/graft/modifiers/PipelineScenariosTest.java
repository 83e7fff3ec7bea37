package io.graft.modifiers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.GraftException;
import io.graft.ModifierRecord;
import io.graft.Plan;
import io.graft.Report;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.model.DraftTensor;
import io.graft.problem.Problem;
import io.graft.problem.SourceRef;
import io.graft.tensor.DType;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists of modifiers as the pipelines of the reference system, and models of several decoders: rows H and I, by their ids. */
class PipelineScenariosTest {
    @TempDir
    Path folder;

    /** One value for each element of all tensors of a file, of two elements each. */
    private void save(String file, float value, String... names) throws IOException {
        List<OutputTensor> tensors = Stream.of(names)
                .map(name -> new OutputTensor(
                        name,
                        DType.F32,
                        Shape.of(2),
                        () -> TensorData.of(ByteBuffer.allocate(8)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putFloat(value)
                                .putFloat(value)
                                .flip())))
                .toList();
        new SafetensorsWriter(folder, file, SafetensorsWriter.UNLIMITED, Map.of()).write(tensors);
    }

    @BeforeEach
    void models() throws IOException {
        save("global", 1, "encoder.global.w", "processor.0.w", "decoder.global.w");
        save("both", 2, "encoder.global.w", "encoder.lam.w", "processor.0.w", "decoder.global.w", "decoder.lam.w");
        save("lam", 3, "encoder.lam.w", "processor.0.w", "decoder.lam.w");
    }

    private Path config(String model, String modifiers) throws IOException {
        return Files.writeString(folder.resolve("pipeline.conf"), """
                graft {
                  model.checkpoint = "%s.safetensors"
                  modifiers = [
                    %s
                  ]
                  output { path = out, overwrite = true }
                }
                """.formatted(model, modifiers));
    }

    private Plan plan(String model, String modifiers) throws IOException {
        return ModelModifierApplier.create()
                .configuration(config(model, modifiers))
                .plan();
    }

    private List<String> refused(String model, String modifiers) throws IOException {
        Path config = config(model, modifiers);
        GraftException refused = assertThrows(
                GraftException.class,
                () -> ModelModifierApplier.create().configuration(config).run());
        return refused.problems().stream().map(PipelineScenariosTest::text).toList();
    }

    private static String text(Problem problem) {
        return problem.code().id() + " " + problem.path() + ":"
                + problem.at().map(SourceRef::line).orElse(0) + " " + problem.message() + "; " + problem.help();
    }

    private Map<String, Float> values(String model, String modifiers) throws IOException {
        ModelModifierApplier.create().configuration(config(model, modifiers)).run();
        Map<String, Float> values = new TreeMap<>();
        for (TensorEntry entry :
                Checkpoint.open(folder.resolve("out")).tensors().values()) {
            values.put(entry.name(), entry.data().window(0, 8).getFloat());
        }
        return values;
    }

    private static Map<String, String> origins(Plan plan) {
        Map<String, String> origins = new TreeMap<>();
        for (DraftTensor tensor : plan.tensors()) {
            origins.put(
                    tensor.name(),
                    tensor.value().provenance() instanceof Provenance.Stored stored ? stored.uri() : "initial");
        }
        return origins;
    }

    private static String load(String file, String more) {
        return "{ type = transfer-learning, checkpoint-path = \"" + file + ".safetensors\" " + more + " }";
    }

    /** A source is an option of what loads it, so that neither can be without the other, or in another order. */
    @Test
    void h4h8WhatLoadsNamesItsSource() throws IOException {
        assertEquals(
                List.of("missing-key graft.modifiers[0].checkpoint-path:4 modifier `transfer-learning` needs the key"
                        + " `checkpoint-path`; add it here"),
                refused("both", "{ type = transfer-learning }"));
    }

    /** What is about what is trained does the same before values are loaded. */
    @Test
    void h5FreezingStandsBeforeAndAfter() throws IOException {
        String freezing = "{ type = freezing, submodules-to-freeze = [processor] }";
        Plan before = plan("both", freezing + "\n" + load("global", ""));
        Plan after = plan("both", load("global", "") + "\n" + freezing);
        assertEquals(origins(before), origins(after));
        assertEquals(
                before.tensors().stream().map(DraftTensor::trainable).toList(),
                after.tensors().stream().map(DraftTensor::trainable).toList());
    }

    @Test
    void h7i4SourcesAreBoundToWhatTheyFill() throws IOException {
        String two = load("global", ", \"include\" = [processor]") + "\n"
                + load("lam", ", \"include\" = [decoder.lam, encoder.lam]");
        assertEquals(
                Map.of(
                        "encoder.global.w", "initial",
                        "encoder.lam.w", "lam.safetensors",
                        "processor.0.w", "global.safetensors",
                        "decoder.global.w", "initial",
                        "decoder.lam.w", "lam.safetensors"),
                origins(plan("both", two)));
        assertEquals(
                Map.of(
                        "encoder.global.w", 2f,
                        "encoder.lam.w", 3f,
                        "processor.0.w", 1f,
                        "decoder.global.w", 2f,
                        "decoder.lam.w", 3f),
                values("both", two));
    }

    @Test
    void i5TwoSourcesOfOneTensorAreAnError() throws IOException {
        assertEquals(
                List.of(
                        "unsupported-change graft.modifiers[1].override:5 this would fill again 1 tensor that an earlier modifier gave"
                                + " values: `processor.0.w`; exclude them here or there, or let override be true"),
                refused("both", load("global", "") + "\n" + load("lam", "")));
        assertEquals(false, Files.exists(folder.resolve("out")));
    }

    /** A load is never optional: what comes after it would run on other values. */
    @Test
    void h9ALoadThatFailsEndsTheRun() throws IOException {
        assertEquals(
                List.of(
                        "modifier-order graft.modifiers[0].optional:4 modifier 1 of 2, `transfer-learning`, loads values, and without"
                                + " them the rest would run on others: it cannot be `optional`; remove `optional`"),
                refused(
                        "both",
                        load("global", ", optional = true") + "\n"
                                + "{ type = freezing, submodules-to-freeze = [processor] }"));
        assertEquals(false, Files.exists(folder.resolve("out")));
    }

    @Test
    void i1ANewDecoderStaysAtItsStart() throws IOException {
        Plan plan = plan(
                "both",
                load("global", "") + "\n"
                        + "{ type = freezing, submodules-to-freeze = [encoder.global, processor, decoder.global] }");
        assertEquals(
                Map.of(
                        "encoder.global.w", "global.safetensors",
                        "encoder.lam.w", "initial",
                        "processor.0.w", "global.safetensors",
                        "decoder.global.w", "global.safetensors",
                        "decoder.lam.w", "initial"),
                origins(plan));
        assertEquals(
                List.of("decoder.lam.w", "encoder.lam.w"),
                plan.modifiers().get(0).missing());
        assertEquals(
                List.of("decoder.lam.w", "encoder.lam.w"),
                plan.tensors().stream()
                        .filter(DraftTensor::trainable)
                        .map(DraftTensor::name)
                        .sorted()
                        .toList());
    }

    @Test
    void i3ADecoderThatIsGoneIsReportedAndAllIsFilled() throws IOException {
        Plan plan = plan("global", load("both", ", min-coverage = 1"));
        ModifierRecord load = plan.modifiers().get(0);
        assertEquals(
                List.of("decoder.lam.w not-in-model", "encoder.lam.w not-in-model"),
                load.skipped().stream()
                        .map(skipped -> skipped.key() + " " + skipped.reason().id())
                        .toList());
        assertEquals(List.of(), load.missing());
    }

    /** Run twice: the same report, and the same model. */
    @Test
    void g24ARunOnWhatItWroteChangesNothingMore() throws IOException {
        String modifiers = load("global", "") + "\n{ type = freezing, submodules-to-freeze = [processor] }";
        Path config = config("both", modifiers);
        Report first = ModelModifierApplier.create().configuration(config).run();
        Map<String, Float> once = values("both", modifiers);
        Report second = ModelModifierApplier.create().configuration(config).run();
        assertEquals(first.plan().modifiers(), second.plan().modifiers());
        Files.move(folder.resolve("out"), folder.resolve("once"));
        assertEquals(once, values("once/model", modifiers));
    }
}
