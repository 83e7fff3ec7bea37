package io.graft.modifiers.quantization.stored;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.layout.TensorSet;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is known of weights of GPTQ, and those that no other values can be put into. */
class FoundGptqTest {
    private static final int MIDDLES = 0x88888888;

    @TempDir
    Path folder;

    private static OutputTensor words(String name, Shape shape, IntUnaryOperator word) {
        ByteBuffer bytes =
                ByteBuffer.allocate((int) shape.elementCount() * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; bytes.hasRemaining(); i++) {
            bytes.putInt(word.applyAsInt(i));
        }
        return new OutputTensor(
                name, DType.I32, shape, () -> TensorData.of(bytes.duplicate().flip()));
    }

    /** 32 outputs whose codes are of no matter. */
    private TensorSet gptq(int bits, int inputs, int groups, DType scales, int zeros, String says, int... index)
            throws Exception {
        Shape grid = Shape.of(groups, 32);
        List<OutputTensor> tensors = new ArrayList<>(List.of(
                words("m.qweight", Shape.of((inputs * bits + 31) / 32, 32), i -> i),
                words("m.qzeros", Shape.of(groups, bits), i -> zeros),
                new OutputTensor(
                        "m.scales",
                        scales,
                        grid,
                        () -> TensorData.of(ByteBuffer.allocate((int) scales.byteCount(grid))))));
        if (index.length > 0) {
            tensors.add(words("m.g_idx", Shape.of(index.length), i -> index[i]));
        }
        Path model = Files.createTempDirectory(folder, "gptq");
        new SafetensorsWriter(model, "model", SafetensorsWriter.UNLIMITED, Map.of()).write(tensors);
        Files.writeString(
                model.resolve("config.json"),
                "{\"quantization_config\": {\"quant_method\": \"gptq\", \"bits\": " + bits + says + "}}");
        return Checkpoint.open(model)
                .tensors()
                .get("m.weight")
                .encoding()
                .orElseThrow()
                .set();
    }

    /** By the zero points where all are in the middle, else by what is said. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0x77777777 | '' | gptq | true",
                "0x88888888 | '' | gptq_v2 | true",
                "0x77777777 | , 'checkpoint_format': 'gptq_v2' | gptq | true",
                "0x88888888 | , 'checkpoint_format': 'gptq' | gptq_v2 | true",
                "0x88888888 | , 'sym': false | gptq | false",
                "0x77777777 | , 'sym': false, 'checkpoint_format': 'gptq_v2' | gptq_v2 | false",
                "0x12345678 | , 'sym': true | gptq | false",
                "0x12345678 | , 'checkpoint_format': 'gptq_v2' | gptq_v2 | false"
            })
    void theVersionIsASetting(String zeros, String says, String format, String symmetric) throws Exception {
        String more = says.replace('\'', '"') + ", \"group_size\": 32";
        TensorSet set = gptq(4, 64, 2, DType.F16, Integer.parseUnsignedInt(zeros.substring(2), 16), more);
        assertEquals(Map.of("bits", "4", "checkpoint_format", format, "sym", symmetric), set.settings());
    }

    private void refused(TensorSet set, String why) {
        FoundGptq gptq = new FoundGptq();
        FoundSet found = new FoundSet(set);
        assertEquals(
                why,
                assertThrows(IllegalArgumentException.class, () -> gptq.recipe(found))
                        .getMessage());
    }

    @Test
    void whatIsNotMade() throws Exception {
        refused(
                gptq(5, 32, 1, DType.F16, MIDDLES, ", \"group_size\": 32"),
                "is stored as GPTQ, 5 bits, one scale a row, and Graft makes integers of 2, 3, 4 and 8 bits");
        refused(
                gptq(4, 32, 1, DType.BF16, MIDDLES, ", \"group_size\": 32"),
                "is stored as GPTQ, 4 bits, one scale a row, and Graft makes inputs and outputs that fill words, with"
                        + " scales of F16");
        refused(
                gptq(3, 32, 2, DType.F16, MIDDLES, ", \"group_size\": 16"),
                "is stored as GPTQ, 3 bits, groups of 16, and groups of 16 inputs do not fill words");
        refused(
                gptq(4, 8, 3, DType.F16, MIDDLES, "", 0, 1, 0, 1, 2, 2, 2, 0),
                "is stored as GPTQ, 4 bits, groups by an index, and groups before the last are smaller than it, or of"
                        + " different sizes");
        refused(
                gptq(4, 8, 2, DType.F16, MIDDLES, "", 1, 1, 0, 1, 0, 1, 1, 1),
                "is stored as GPTQ, 4 bits, groups by an index, and groups before the last are smaller than it, or of"
                        + " different sizes");
    }

    /** A last group with fewer inputs than the others. */
    @Test
    void inputsByTheirGroup() throws Exception {
        TensorSet set = gptq(4, 8, 3, DType.F16, MIDDLES, "", 2, 0, 1, 0, 1, 1, 2, 0);
        GroupedInputs inputs = GroupedInputs.of(new FoundSet(set), "g_idx", 3);
        assertEquals(3, inputs.size());
        assertArrayEquals(new int[] {1, 3, 7, 2, 4, 5, 0, 6}, inputs.order());
        assertEquals(8, IntStream.of(inputs.order()).distinct().count());
    }
}
