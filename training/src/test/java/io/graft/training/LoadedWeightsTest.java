package io.graft.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import io.graft.GraftException;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.problem.Problem;
import io.graft.report.ReportText;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights that do not fit, or fit otherwise: rows C of the scenarios, on a model that the caller holds. */
class LoadedWeightsTest {
    private static final Map<String, Shape> SHAPES = Map.of(
            "encoder.weight", Shape.of(3, 4),
            "encoder.bias", Shape.of(3),
            "norm.weight", Shape.of(3),
            "norm.bias", Shape.of(3),
            "norm.running_mean", Shape.of(3),
            "norm.running_var", Shape.of(3),
            "decoder.weight", Shape.of(2, 3),
            "decoder.bias", Shape.of(2));

    /** Of a quarter, two, ... twelve, as IEEE 754 has them. */
    private static final short[] QUARTERS_IN_16_BITS = {
        0x3400, 0x3800, 0x3a00, 0x3c00, 0x3d00, 0x3e00, 0x3f00, 0x4000, 0x4080, 0x4100, 0x4180, 0x4200
    };

    @TempDir
    Path folder;

    private Model model;
    private Map<String, ByteBuffer> before;

    @BeforeEach
    void open() {
        model = Trained.net();
        before = Trained.bytes(Trained.modified(model));
    }

    @AfterEach
    void close() {
        model.close();
    }

    /** Element i is (i + 1) / 4, which every dtype holds. */
    private static ByteBuffer values(DType dtype, Shape shape) {
        ByteBuffer bytes = ByteBuffer.allocate((int) dtype.byteCount(shape)).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < shape.elementCount(); i++) {
            float value = (i + 1) / 4f;
            switch (dtype) {
                case F32 -> bytes.putFloat(value);
                case F64 -> bytes.putDouble(value);
                case F16 -> bytes.putShort(QUARTERS_IN_16_BITS[i]);
                default -> throw new AssertionError(dtype);
            }
        }
        return bytes.flip();
    }

    private void write(Map<String, Shape> shapes, DType dtype) throws IOException {
        List<OutputTensor> tensors = new ArrayList<>();
        shapes.forEach((name, shape) ->
                tensors.add(new OutputTensor(name, dtype, shape, () -> TensorData.of(values(dtype, shape)))));
        new SafetensorsWriter(folder, "weights", SafetensorsWriter.UNLIMITED, Map.of()).write(tensors);
    }

    private Path file(String strategy) throws IOException {
        return Files.writeString(folder.resolve("train.conf"), """
                graft {
                  training {
                    strategy { %s, checkpoint = weights.safetensors }
                    optimizer { type = adamw }
                  }
                }
                """.formatted(strategy));
    }

    private Training training(String strategy) throws IOException {
        Path file = file(strategy);
        return Training.of(ModelModifierApplier.create().model(model).configuration(file));
    }

    private void assertRefused(String message) {
        GraftException refused = assertThrows(GraftException.class, () -> training("type = weights-only"));
        assertEquals(
                List.of(message),
                refused.problems().stream().map(Problem::message).toList());
        assertEquals(List.of(), Trained.changed(before, Trained.bytes(Trained.modified(model))));
    }

    /** C3 too: what the file has is not in the model. */
    @Test
    void c2EveryMissingTensorIsNamed() throws IOException {
        write(Map.of("encoder.weight", Shape.of(3, 4)), DType.F32);
        assertRefused(
                "`weights.safetensors` does not fill 7 of the model's tensors: `encoder.bias`, `norm.weight`, `norm.bias`,"
                        + " `norm.running_mean` and 3 more");
    }

    @Test
    void c4AnUnexpectedTensorIsAnError() throws IOException {
        Map<String, Shape> more = new LinkedHashMap<>(SHAPES);
        more.put("extra.weight", Shape.of(1));
        write(more, DType.F32);
        assertRefused("the model has no place for 1 of the tensors in `weights.safetensors`: `extra.weight`");
    }

    @Test
    void c6AnotherShapeIsAnErrorWithBoth() throws IOException {
        Map<String, Shape> other = new LinkedHashMap<>(SHAPES);
        other.put("decoder.weight", Shape.of(9, 9));
        write(other, DType.F32);
        assertRefused("`decoder.weight` does not fit: [9, 9] in the checkpoint, [2, 3] in the model");
    }

    private void assertLoaded(String... told) throws IOException {
        try (Training training = training("type = weights-only")) {
            Map<String, ByteBuffer> after = Trained.bytes(training.model());
            for (Map.Entry<String, Shape> each : SHAPES.entrySet()) {
                ByteBuffer expected = values(DType.F32, each.getValue());
                assertEquals(expected, after.get(each.getKey()), each.getKey());
            }
            List<String> report =
                    ReportText.full().of(training.model().report()).lines().toList();
            for (String line : told) {
                assertTrue(report.contains(line), () -> String.join("\n", report));
            }
        }
    }

    @Test
    void c7APrefixIsStrippedAndTold() throws IOException {
        Map<String, Shape> prefixed = new LinkedHashMap<>();
        SHAPES.forEach((name, shape) -> prefixed.put("model." + name, shape));
        write(prefixed, DType.F32);
        assertLoaded(
                "   + 8 loaded from weights.safetensors",
                "       decoder.bias <- model.decoder.bias",
                "   ! prefix `model.` stripped from 8 of 8 keys of the checkpoint");
    }

    @Test
    void c8AnotherDtypeIsCastAndTold() throws IOException {
        write(SHAPES, DType.F64);
        assertLoaded("   ~ 8 cast F64 to F32", "       decoder.bias (largest relative error 0.00e+00)");
        Files.delete(folder.resolve("weights.safetensors"));
        write(SHAPES, DType.F16);
        assertLoaded("   ~ 8 cast F16 to F32", "       decoder.bias (largest relative error 0.00e+00)");
    }

    @Test
    void c23TwoModelsOfOneCheckpointAreTheSame() throws IOException {
        write(SHAPES, DType.F32);
        assertLoaded();
        Map<String, ByteBuffer> first = Trained.bytes(Trained.modified(model));
        model.close();
        model = Trained.net();
        assertLoaded();
        assertEquals(first, Trained.bytes(Trained.modified(model)));
    }

    @Test
    void c22WithoutAModelItIsToldWhatIsMissing() throws IOException {
        Path file = file("type = weights-only");
        GraftException missing = assertThrows(
                GraftException.class,
                () -> Training.of(ModelModifierApplier.create().configuration(file)));
        assertEquals(
                "error[missing-key] " + file + ":1:7 graft.model: the section `graft` needs the key `model`",
                missing.getMessage());
    }
}
