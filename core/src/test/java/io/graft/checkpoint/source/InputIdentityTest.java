package io.graft.checkpoint.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.Sha256;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputIdentityTest {
    @TempDir
    Path folder;

    @Test
    void aSafetensorsFileIsKnownByItsHeader() throws IOException {
        Path file = write(SafetensorsWriter.UNLIMITED).resolve("model.safetensors");
        byte[] content = Files.readAllBytes(file);
        int header =
                (int) ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getLong(0) + Long.BYTES;
        assertEquals(
                List.of(new InputIdentity(
                        "model.safetensors",
                        content.length,
                        Optional.of(Files.getLastModifiedTime(file).toInstant()),
                        Sha256.of(Arrays.copyOf(content, header)),
                        Optional.empty())),
                identities(file));
    }

    @Test
    void valuesOfTheSameHeaderAreToldByTheTime() throws IOException {
        Path file = write(SafetensorsWriter.UNLIMITED).resolve("model.safetensors");
        List<InputIdentity> before = identities(file);
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        assertNotEquals(before, identities(file));
        assertEquals(before.get(0).fetched(), identities(file).get(0).fetched());
    }

    @Test
    void aShardedCheckpointIsItsIndexAndItsShards() throws IOException {
        List<InputIdentity> files = identities(write(8));
        assertEquals(
                List.of(
                        "model.safetensors.index.json",
                        "model-00001-of-00002.safetensors",
                        "model-00002-of-00002.safetensors"),
                files.stream().map(InputIdentity::uri).toList());
        assertEquals(
                Sha256.of(folder.resolve("model.safetensors.index.json")),
                files.get(0).headerSha256());
    }

    @Test
    void aFileWithoutTensorsIsKnownByItsContent() throws IOException {
        Path file = Files.writeString(folder.resolve("adapter_config.json"), "{}");
        assertEquals(
                Sha256.of(file), InputIdentity.of(file, "adapter_config.json").headerSha256());
    }

    private List<InputIdentity> identities(Path path) throws IOException {
        return InputIdentity.of(
                Checkpoint.open(path), file -> file.getFileName().toString());
    }

    private Path write(long maxShardBytes) throws IOException {
        new SafetensorsWriter(folder, "model", maxShardBytes, Map.of()).write(List.of(tensor("a"), tensor("b")));
        return folder;
    }

    private static OutputTensor tensor(String name) {
        return new OutputTensor(name, DType.F32, Shape.of(2), () -> TensorData.of(ByteBuffer.allocate(8)));
    }
}
