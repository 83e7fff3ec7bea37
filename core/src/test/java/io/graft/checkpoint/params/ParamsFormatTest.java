package io.graft.checkpoint.params;

import static io.graft.checkpoint.Fixtures.assertRefused;
import static io.graft.checkpoint.Fixtures.path;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.Fixtures;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        assertEquals("parameters", checkpoint.layout());
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
        out.writeChar('P');
        out.writeByte(1);
        out.writeUTF(name);
        out.writeUTF("NDAR");
        out.writeInt(version);
        out.write(0);
        out.writeUTF(layout);
        out.writeUTF(type);
        shape(size);
        out.write(order);
        out.writeInt(length);
        out.write(new byte[length]);
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
