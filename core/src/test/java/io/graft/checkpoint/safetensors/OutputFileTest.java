package io.graft.checkpoint.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.ParallelWriter;
import io.graft.checkpoint.write.PlannedFile;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a disk that fails silently makes of a file. */
class OutputFileTest {
    @TempDir
    Path folder;

    private PlannedFile planned;
    private Path written;
    private byte[] bytes;

    @BeforeEach
    void write() throws IOException {
        OutputTensor tensor = new OutputTensor(
                "a", DType.U8, Shape.of(3), () -> TensorData.of(ByteBuffer.wrap(new byte[] {1, 2, 3})));
        planned = OutputFile.of("model.safetensors", List.of(tensor), Map.of()).planned();
        new ParallelWriter(folder, WriteOptions.DEFAULT).write(List.of(planned));
        written = folder.resolve("model.safetensors");
        bytes = Files.readAllBytes(written);
    }

    @Test
    void anotherByteOfTheHeaderIsTold() throws IOException {
        bytes[10] ^= 1;
        assertRefused(bytes);
    }

    @Test
    void aFileOfAnotherLengthIsTold() throws IOException {
        assertRefused(Arrays.copyOf(bytes, bytes.length - 1));
        assertRefused(Arrays.copyOf(bytes, bytes.length + 1));
        assertRefused(new byte[0]);
    }

    private void assertRefused(byte[] found) throws IOException {
        Files.write(written, found);
        IOException refused =
                assertThrows(IOException.class, () -> planned.check().check(written));
        assertEquals(
                written + ": the file just written reads back with other tensors than were written",
                refused.getMessage());
    }
}
