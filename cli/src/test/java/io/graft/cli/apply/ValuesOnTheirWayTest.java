package io.graft.cli.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Section 5 of the field reports, row by row: what becomes of values, and what is said of it. */
class ValuesOnTheirWayTest {
    @TempDir
    Path folder;

    private Place place;

    @BeforeEach
    void place() {
        place = new Place(folder);
    }

    private void write(String stem, Map<String, String> metadata, OutputTensor... tensors) throws IOException {
        new SafetensorsWriter(folder, stem, SafetensorsWriter.UNLIMITED, metadata).write(List.of(tensors));
    }

    private static OutputTensor floats(String name, DType dtype, Shape shape, double... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        Arrays.stream(values).forEach(bytes::putDouble);
        return new OutputTensor(
                name, dtype, shape, () -> new DTypeConversion(TensorData.of(bytes.flip()), DType.F64, dtype));
    }

    private static OutputTensor integer(String name, DType dtype, long value) {
        ByteBuffer bytes = ByteBuffer.allocate(dtype.bits() / 8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) value);
        if (dtype == DType.I64) {
            bytes.putInt((int) (value >> 32));
        }
        return new OutputTensor(name, dtype, Shape.of(1), () -> TensorData.of(bytes.flip()));
    }

    @Test
    void finiteValuesThatFloat16CannotHoldAreCounted() throws IOException {
        write("model", Map.of(), floats("w", DType.F32, Shape.of(7), 1e5, -1e5, 65520, 65504, 1, 0, Double.NaN));
        place.config("model.safetensors", "{ type = casting, dtype = f16 }");
        place.graft("apply", "-c", "DIR/x.conf").is(ExitCode.DONE, """
                        warning[values-lost]
                             = `w`: 3 of 6 finite values became infinite;
                               cast to a type that holds larger numbers: BF16, F32 or F64
                        """);
    }

    @Test
    void integersThatDoNotFitAreAnError() throws IOException {
        write("model", Map.of(), integer("w", DType.I32, 1), floats("v", DType.F32, Shape.of(1), 1));
        write("wide", Map.of(), integer("w", DType.I64, 1L << 40));
        place.config("model.safetensors", "{ type = transfer-learning, checkpoint-path = wide.safetensors }");
        place.graft("apply", "-c", "DIR/x.conf").is(ExitCode.MISFIT, """
                1 modifier configured in DIR/x.conf: 1 error. Nothing was applied to the model.

                error[values-lost]   DIR/x.conf:4:5  graft.modifiers[0]
                   4 |     { type = transfer-learning, checkpoint-path = wide.safetensors }
                     |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `w`: the value \
                1099511627776 has no I32; convert to a wider type, or change the value; the model and the output are as they were
                     = modifier 1 of 1, `transfer-learning` (BUILTIN)
                     = from `w` of wide.safetensors
                """);
        assertFalse(Files.exists(folder.resolve("out")));
    }

    @Test
    void aNanInAnAdapterIsAnError() throws IOException {
        assertRefused(Double.NaN, "2", 1, IN_ADAPTER.formatted("NaN"));
    }

    @Test
    void anInfinityInAnAdapterIsAnError() throws IOException {
        assertRefused(Double.POSITIVE_INFINITY, "2", 1, IN_ADAPTER.formatted("Infinity"));
    }

    @Test
    void anAlphaThatNoScaleHoldsIsAnError() throws IOException {
        assertRefused(1, "1e39", 1, """
                1 modifier configured in DIR/x.conf: 1 error. Nothing was applied to the model.

                error[checkpoint-malformed] DIR/x.conf:4:5 graft.modifiers[0]
                   4 |     { type = lora-merge, adapter-path = adapter }
                     |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `DIR/adapter/adapter_config.json`: `lora_alpha` must be a \
                number that 32 bits hold, and is 1.0E39; save the adapter again
                     = modifier 1 of 1, `lora-merge` (BUILTIN)
                """);
    }

    @Test
    void aMergeThatOverflowsFloat16IsAnError() throws IOException {
        assertRefused(60000, "2", 60000, """
                1 modifier configured in DIR/x.conf: 1 error. Nothing was applied to the model.

                error[values-lost]
                     = `lin.weight`: 2 of 2 finite values became infinite: add lora of rank 1, scale 2.0, from \
                adapter/adapter_model.safetensors;
                       look at what is added (`inspect`, `diff`) and at its scale, or cast to a type that holds larger \
                numbers before
                """);
    }

    private static final String IN_ADAPTER = """
            1 modifier configured in DIR/x.conf: 1 error. Nothing was applied to the model.

            error[checkpoint-unreadable] DIR/x.conf:4:5 graft.modifiers[0]
               4 |     { type = lora-merge, adapter-path = adapter }
                 |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `DIR/adapter/adapter_model.safetensors`: \
            `base_model.model.lin.lora_A.weight` holds %s, which would spoil the model; the training went wrong; take an \
            earlier state of the adapter
                 = modifier 1 of 1, `lora-merge` (BUILTIN)
                 = tensor `lin.weight`
            """;

    private void assertRefused(double a, String alpha, double b, String message) throws IOException {
        write("model", Map.of(), floats("lin.weight", DType.F16, Shape.of(1, 2), 1, 2));
        Files.createDirectories(folder.resolve("adapter"));
        place.file(
                "adapter/adapter_config.json",
                "{\"peft_type\": \"LORA\", \"r\": 1, \"lora_alpha\": " + alpha + ", \"target_modules\": [\"lin\"]}");
        write(
                "adapter/adapter_model",
                Map.of(),
                floats("base_model.model.lin.lora_A.weight", DType.F32, Shape.of(1, 2), a, 1),
                floats("base_model.model.lin.lora_B.weight", DType.F32, Shape.of(1, 1), b));
        place.config("model.safetensors", "{ type = lora-merge, adapter-path = adapter }");
        assertEquals(message, place.graft("apply", "-c", "DIR/x.conf").err());
        assertFalse(Files.exists(folder.resolve("out")));
    }

    @Test
    void metadataOfTheModelAreKept() throws IOException {
        write("model", Map.of("format", "pt", "epoch", "7"), floats("w", DType.F32, Shape.of(1), 1));
        place.config("model.safetensors", "{ type = freezing, submodules-to-freeze = [w] }");
        place.graft("apply", "-c", "DIR/x.conf").is(ExitCode.DONE);
        assertEquals(
                Map.of("format", "pt", "epoch", "7"),
                Checkpoint.open(folder.resolve("out/model.safetensors")).metadata());
        place.graft("convert", "DIR/model.safetensors", "DIR/copy.safetensors").is(ExitCode.DONE);
        assertEquals(
                Map.of("format", "pt", "epoch", "7"),
                Checkpoint.open(folder.resolve("copy.safetensors")).metadata());
    }
}
