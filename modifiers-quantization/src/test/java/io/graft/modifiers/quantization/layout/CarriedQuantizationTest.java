package io.graft.modifiers.quantization.layout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.typesafe.config.ConfigFactory;
import io.graft.Report;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.carry.Belongings;
import io.graft.convert.CheckpointConverter;
import io.graft.convert.Conversion;
import io.graft.convert.ConversionReport;
import io.graft.convert.NameChanges;
import io.graft.convert.NewDtype;
import io.graft.convert.TensorChoice;
import io.graft.problem.Problem;
import io.graft.registry.PlugRegistry;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensors;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Old repositories of GPTQ, whose {@code config.json} says nothing of codes, are told apart by a file beside it. */
class CarriedQuantizationTest {
    private static final String SETTINGS = "quantize_config.json";
    private static final String GONE = "`" + SETTINGS
            + "` beside the model tells how its weights are quantized, and none is" + " any more: it does not go along";

    @TempDir
    Path folder;

    private Path in;

    @BeforeEach
    void copyModel() throws IOException, URISyntaxException {
        in = Files.createDirectory(folder.resolve("in"));
        Path fixture = Path.of(CarriedQuantizationTest.class
                .getResource("/fixtures/quantized/gptq-v1-4bit-sym")
                .toURI());
        Files.copy(fixture.resolve("model.safetensors"), in.resolve("model.safetensors"));
        Files.copy(fixture.resolve(SETTINGS), in.resolve(SETTINGS));
        Files.writeString(in.resolve("config.json"), "{\"model_type\": \"llama\"}");
    }

    private ConversionReport convert(Optional<DType> dtype) throws IOException {
        Checkpoint checkpoint = Checkpoint.open(in);
        Conversion conversion = new Conversion(
                Optional.empty(),
                TensorChoice.ALL,
                dtype.map(NewDtype.Numbers::new),
                NameChanges.NONE,
                Optional.empty(),
                false);
        return new CheckpointConverter(
                        conversion,
                        PlugRegistry.discover(CarriedQuantizationTest.class.getClassLoader())
                                .stateDictFormats())
                .convert(checkpoint, Belongings.beside(checkpoint, in), folder.resolve("out"));
    }

    private void assertSameValues() throws IOException {
        Checkpoint before = Checkpoint.open(in);
        Checkpoint after = Checkpoint.open(folder.resolve("out"));
        assertEquals(before.tensors().keySet(), after.tensors().keySet());
        for (String name : before.tensors().keySet()) {
            assertEquals(
                    before.tensors().get(name).encoding().map(encoding -> encoding.scheme()),
                    after.tensors().get(name).encoding().map(encoding -> encoding.scheme()));
            assertArrayEquals(
                    LazyTensors.floats(StoredTensor.of(before.tensors().get(name), "in")),
                    LazyTensors.floats(StoredTensor.of(after.tensors().get(name), "out")),
                    name);
        }
    }

    @Test
    void aCopyHasIt() throws IOException {
        assertEquals(
                List.of(),
                convert(Optional.empty()).warnings().stream()
                        .filter(warning -> warning.contains(SETTINGS))
                        .toList());
        assertEquals(Files.readString(in.resolve(SETTINGS)), Files.readString(folder.resolve("out/" + SETTINGS)));
        assertSameValues();
    }

    @Test
    void plainNumbersDoNot() throws IOException {
        assertEquals(
                List.of(GONE),
                convert(Optional.of(DType.F32)).warnings().stream()
                        .filter(warning -> warning.contains(SETTINGS))
                        .toList());
        assertFalse(Files.exists(folder.resolve("out/" + SETTINGS)));
    }

    private Report apply(String modifiers) {
        return ModelModifierApplier.create()
                .configuration(ConfigFactory.parseString("graft { model { checkpoint = \"" + in + "\" }, modifiers = ["
                        + modifiers + "], output { path = \"" + folder.resolve("out") + "\" } }"))
                .run();
    }

    @Test
    void neitherDoesAModelThatWasCast() throws IOException {
        apply("");
        assertEquals(Files.readString(in.resolve(SETTINGS)), Files.readString(folder.resolve("out/" + SETTINGS)));
        in = folder.resolve("out");
        folder = Files.createDirectory(folder.resolve("cast"));
        Report report = apply("{ type = casting, dtype = f32 }");
        assertFalse(Files.exists(folder.resolve("out/" + SETTINGS)));
        assertEquals(
                List.of(GONE),
                report.plan().problems().stream()
                        .map(Problem::message)
                        .filter(message -> message.contains(SETTINGS))
                        .toList());
    }
}
