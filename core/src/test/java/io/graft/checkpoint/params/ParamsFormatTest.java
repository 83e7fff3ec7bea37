package io.graft.checkpoint.params;

import static io.graft.checkpoint.Fixtures.assertRefused;
import static io.graft.checkpoint.Fixtures.path;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.Fixtures;
import io.graft.checkpoint.TensorEntry;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code small-0003.params} was saved by DJL 0.36: Linear(4 to 3), ReLU, BatchNorm, and a sequence of one Linear(3 to 2)
 * without bias.
 */
class ParamsFormatTest {
    private static final String DAMAGED = "; it seems to be a DJL .params file: copy or save it again";
    private static final String WITH_DJL = "; load it with DJL and save the parameters as safetensors";

    @TempDir
    Path folder;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    @Test
    void parametersAreNumberedByBlock() throws IOException {
        Checkpoint checkpoint = Checkpoint.open(path("params/small-0003.params"));
        assertEquals("djl-params", checkpoint.format());
        assertEquals("parameters", checkpoint.content());
        assertEquals(
                List.of("0.weight", "0.bias", "1.gamma", "1.beta", "1.runningMean", "1.runningVar", "2.weight"),
                List.copyOf(checkpoint.tensors().keySet()));
        assertEquals(Shape.of(3, 4), checkpoint.tensors().get("0.weight").shape());
        assertEquals(Shape.of(2, 3), checkpoint.tensors().get("2.weight").shape());
        ByteBuffer ones = ByteBuffer.wrap(
                        Fixtures.bytes(checkpoint.tensors().get("1.runningVar").data()))
                .order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(1f, ones.getFloat(8));
        assertEquals(
                Map.of("model", "small", "data-type", "FLOAT32", "note", "größer", "Epoch", "3"),
                checkpoint.metadata());
        assertEquals(List.of("the file has no names of blocks; they are numbered in its order"), checkpoint.warnings());
    }

    @Test
    void whatLooksLikeAMarkInsideABlocksOwnDataIsNone() throws IOException {
        model();
        // An input of 20481 columns: 0x5001.
        out.write(1);
        out.writeInt(1);
        shape(20481);
        parameter("weight", 3, "DENSE", "FLOAT32", '<', 8, 2);
        parameter("bias", 3, "DENSE", "FLOAT32", '<', 4, 1);
        assertEquals(
                List.of("0.weight", "0.bias"),
                List.copyOf(Checkpoint.open(write()).tensors().keySet()));
    }

    @Test
    void aFileThatEndsEarlyIsRefused() throws IOException {
        byte[] good = Files.readAllBytes(path("params/small-0003.params"));
        assertRefused(
                Reason.MALFORMED,
                "it ends or is damaged after 0 parameters" + DAMAGED,
                Files.write(folder.resolve("a"), Arrays.copyOf(good, 60)));
        assertRefused(
                Reason.MALFORMED,
                "it holds 0 parameters" + DAMAGED,
                Files.write(folder.resolve("a"), Arrays.copyOf(good, 120)));
        assertRefused(
                Reason.MALFORMED,
                "cut off: parameter '2.weight' takes 24 bytes, and 4 follow" + DAMAGED,
                Files.write(folder.resolve("a"), Arrays.copyOf(good, good.length - 20)));
    }

    @Test
    void arraysThatDoNotFitAreRefused() throws IOException {
        assertParameterRefused(
                Reason.MALFORMED,
                "parameter '0.w' has 12 bytes, but F32 [2] takes another number" + DAMAGED,
                3,
                "DENSE",
                "FLOAT32",
                '<',
                12);
        assertParameterRefused(
                Reason.UNSUPPORTED,
                "parameter '0.w' is stored in big-endian order, which Graft does not read" + WITH_DJL,
                3,
                "DENSE",
                "FLOAT32",
                '>',
                8);
        assertParameterRefused(
                Reason.UNSUPPORTED,
                "parameter '0.w' is COO FLOAT32, which Graft does not read" + WITH_DJL,
                3,
                "COO",
                "FLOAT32",
                '<',
                8);
        assertParameterRefused(
                Reason.UNSUPPORTED,
                "parameter '0.w' is DENSE STRING, which Graft does not read" + WITH_DJL,
                3,
                "DENSE",
                "STRING",
                '<',
                8);
        assertParameterRefused(
                Reason.UNSUPPORTED,
                "parameter '0.w' is written in version 1 of DJL's arrays, which Graft does not read" + WITH_DJL,
                1,
                "DENSE",
                "FLOAT32",
                '<',
                8);
    }

    @Test
    void othersThanParametersAreRefused() throws IOException {
        out.writeBytes("DJL@");
        out.writeInt(2);
        assertRefused(
                Reason.UNSUPPORTED, "a DJL .params file of version 2, which Graft does not read" + WITH_DJL, write());
        bytes.reset();
        model();
        out.write(1);
        out.writeLong(1000);
        out.writeInt(0x504b0304);
        assertRefused(Reason.UNSUPPORTED, "a DJL .params file with a TorchScript archive inside" + WITH_DJL, write());
        bytes.reset();
        model();
        out.write(new byte[2 << 20]);
        assertRefused(Reason.MALFORMED, "no parameter in the 1048576 bytes before byte 1048604" + DAMAGED, write());
        bytes.reset();
        out.writeBytes("DJL@");
        out.writeInt(1);
        out.writeUTF("m");
        out.writeUTF("FLOAT32");
        out.writeInt(-1);
        assertRefused(Reason.MALFORMED, "byte 20 claims -1 inputs, at most 10000 are read" + DAMAGED, write());
        bytes.reset();
        model();
        parameter("w", 3, "DENSE", "FLOAT32", '<', 8, 2);
        parameter("w", 3, "DENSE", "FLOAT32", '<', 8, 2);
        assertRefused(Reason.MALFORMED, "the name of parameter '0.w' occurs twice in its block" + DAMAGED, write());
    }

    @ParameterizedTest
    @CsvSource({
        "FLOAT64, F64", "FLOAT32, F32", "FLOAT16, F16", "BFLOAT16, BF16", "INT64, I64", "INT32, I32", "INT16, I16",
        "INT8, I8", "UINT64, U64", "UINT32, U32", "UINT16, U16", "UINT8, U8", "BOOLEAN, BOOL", "COMPLEX64, C64"
    })
    void everyTypeOfDjlsThatHasBytesIsRead(String type, DType dtype) throws IOException {
        model();
        parameter("w", 3, "DENSE", type, '<', 2 * dtype.bits() / 8, 2);
        TensorEntry entry = Checkpoint.open(write()).tensors().get("0.w");
        assertEquals(dtype, entry.dtype());
        assertEquals(Shape.of(2), entry.shape());
        assertEquals(bytes.size() - 2 * dtype.bits() / 8, entry.range().offset());
    }

    @Test
    void whatABlockWritesBeforeItsParametersBeginsTheNextBlock() throws IOException {
        model();
        out.write(1);
        parameter("weight", 3, "DENSE", "FLOAT32", '<', 8, 2);
        parameter("bias", 3, "DENSE", "FLOAT32", '<', 4, 1);
        // Longer than the buffer is at first, with the mark of an array that has no parameter.
        out.write(new byte[300]);
        out.writeUTF("NDAR");
        out.write(new byte[300]);
        parameter("weight", 3, "DENSE", "FLOAT32", '<', 12, 3);
        parameter("n".repeat(400), 3, "DENSE", "FLOAT32", '<', 4, 1);
        Checkpoint checkpoint = Checkpoint.open(write());
        assertEquals(
                List.of("0.weight", "0.bias", "1.weight", "1." + "n".repeat(400)),
                List.copyOf(checkpoint.tensors().keySet()));
        assertEquals(Shape.of(3), checkpoint.tensors().get("1.weight").shape());
    }

    @Test
    void anArrayMayHaveANameOfItsOwnAndNoDimension() throws IOException {
        model();
        parameterStart("w", 3);
        out.write(1);
        out.writeUTF("somebody's");
        arrayStart("DENSE", "INT8");
        out.writeInt(0);
        out.writeInt(0);
        out.write('<');
        out.writeInt(1);
        out.write(9);
        TensorEntry entry = Checkpoint.open(write()).tensors().get("0.w");
        assertEquals(Shape.SCALAR, entry.shape());
        assertArrayEquals(new byte[] {9}, Fixtures.bytes(entry.data()));
    }

    @Test
    void inputsAndPropertiesOfTheModelAreReadOver() throws IOException {
        out.writeBytes("DJL@");
        out.writeInt(1);
        out.writeUTF("m");
        out.writeUTF("FLOAT32");
        out.writeInt(2);
        out.writeUTF("a");
        shape(-1);
        out.writeUTF("b");
        shape(3);
        out.writeInt(2);
        for (String text : List.of("k", "v", "Epoch", "12")) {
            out.writeUTF(text);
        }
        parameter("w", 3, "DENSE", "FLOAT32", '<', 8, 2);
        Checkpoint checkpoint = Checkpoint.open(write());
        assertEquals(
                "{model=m, data-type=FLOAT32, k=v, Epoch=12}",
                checkpoint.metadata().toString());
        assertEquals(Set.of("0.w"), checkpoint.tensors().keySet());
    }

    @Test
    void countsBeyondTheirBoundsAreRefused() throws IOException {
        for (int dimensions : new int[] {64, 65}) {
            bytes.reset();
            model();
            parameterStart("w", 3);
            out.write(0);
            arrayStart("DENSE", "FLOAT32");
            int at = bytes.size();
            out.writeInt(dimensions);
            for (int i = 0; i < dimensions; i++) {
                out.writeLong(1);
            }
            out.writeInt(0);
            out.write('<');
            out.writeInt(4);
            out.writeFloat(0);
            if (dimensions == 64) {
                assertEquals(
                        64,
                        Checkpoint.open(write()).tensors().get("0.w").shape().rank());
            } else {
                assertRefused(
                        Reason.MALFORMED,
                        "byte " + at + " claims 65 dimensions, at most 64 are read" + DAMAGED,
                        write());
            }
        }
        bytes.reset();
        out.writeBytes("DJL@");
        out.writeInt(1);
        out.writeUTF("m");
        out.writeUTF("FLOAT32");
        out.writeInt(0);
        out.writeInt(10_001);
        assertRefused(Reason.MALFORMED, "byte 24 claims 10001 properties, at most 10000 are read" + DAMAGED, write());
    }

    @Test
    void namesAndSizesThatCannotBeAreRefused() throws IOException {
        model();
        parameter("w\0", 3, "DENSE", "FLOAT32", '<', 8, 2);
        assertRefused(
                Reason.MALFORMED, "the name of parameter '0.w\\u0000' contains a NUL character" + DAMAGED, write());
        bytes.reset();
        model();
        parameter("w", 3, "DENSE", "FLOAT32", '<', 8, Long.MAX_VALUE);
        assertRefused(
                Reason.MALFORMED,
                "parameter '0.w' has 8 bytes, but F32 [9223372036854775807] takes another number" + DAMAGED,
                write());
        bytes.reset();
        model();
        parameterStart("w", 3);
        out.write(0);
        out.writeShort(2);
        out.writeShort(0xffff);
        assertRefused(Reason.MALFORMED, "it ends or is damaged after 0 parameters" + DAMAGED, write());
    }

    @Test
    void noPickleIsReadFromParameters() {
        assertFalse(Checkpoint.isPickled(
                path("params/small-0003.params"), getClass().getClassLoader()));
    }

    private void assertParameterRefused(
            Reason reason, String message, int version, String layout, String type, char order, int length)
            throws IOException {
        bytes.reset();
        model();
        parameter("w", version, layout, type, order, length, 2);
        assertRefused(reason, message, write());
    }

    private void model() throws IOException {
        out.writeBytes("DJL@");
        out.writeInt(1);
        out.writeUTF("m");
        out.writeUTF("FLOAT32");
        out.writeInt(0);
        out.writeInt(0);
    }

    private void parameter(String name, int version, String layout, String type, char order, int length, long size)
            throws IOException {
        parameterStart(name, version);
        out.write(0);
        arrayStart(layout, type);
        shape(size);
        out.write(order);
        out.writeInt(length);
        out.write(new byte[length]);
    }

    private void parameterStart(String name, int version) throws IOException {
        out.writeChar('P');
        out.writeByte(1);
        out.writeUTF(name);
        out.writeUTF("NDAR");
        out.writeInt(version);
    }

    private void arrayStart(String layout, String type) throws IOException {
        out.writeUTF(layout);
        out.writeUTF(type);
    }

    private void shape(long size) throws IOException {
        out.writeInt(1);
        out.writeLong(size);
        out.writeInt(1);
        out.writeChar('?');
    }

    private Path write() throws IOException {
        return Files.write(folder.resolve("a.params"), bytes.toByteArray());
    }
}
