package io.graft.checkpoint.pytorch;

import static io.graft.checkpoint.pytorch.TorchFiles.fixture;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.Fixtures;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shards of torch.save; {@code fixtures/torch/sharded} was written by {@code make_sharded.py} beside it. */
class ShardedTest {
    private static final String DAMAGED = "; it seems to be a PyTorch file: copy or download it again";
    private static final String HOSTILE = "; do not use this file unless you know who wrote it";
    private static final String ONE = "pytorch_model-00001-of-00002.bin";
    private static final String TWO = "pytorch_model-00002-of-00002.bin";

    @TempDir
    Path temporary;

    private Path folder;

    @BeforeEach
    void resolve() throws IOException {
        folder = temporary.toRealPath();
    }

    @Test
    void aFolderOfTransformersIsOneCheckpoint() throws IOException {
        Checkpoint sharded = Checkpoint.open(fixture("torch/sharded"));
        assertEquals("pytorch", sharded.format());
        assertEquals("state_dict", sharded.content());
        assertEquals(
                "pytorch_model.bin.index.json", sharded.path().getFileName().toString());
        assertEquals(
                List.of(
                        "embedding.weight",
                        "head.weight",
                        "encoder.weight",
                        "encoder.bias",
                        "norm.num_batches_tracked"),
                List.copyOf(sharded.tensors().keySet()));
        Fixtures.assertHolds("/fixtures/torch/sharded-expected.safetensors", sharded);
        assertEquals(List.of(List.of("embedding.weight", "head.weight")), sharded.ties());
        assertEquals(Map.of(), sharded.metadata());
        assertEquals(List.of(), sharded.warnings());
        Checkpoint ofIndex = Checkpoint.open(fixture("torch/sharded/pytorch_model.bin.index.json"));
        assertEquals(sharded.path(), ofIndex.path());
        assertEquals(ranges(sharded), ranges(ofIndex));
    }

    @Test
    void anIndexOfAnotherNameIsKnownByItsShards() throws IOException {
        save(ONE, "a");
        Path index = Files.writeString(folder.resolve("weights"), map("a", ONE));
        assertEquals(List.of("a"), List.copyOf(Checkpoint.open(index).tensors().keySet()));
        Path named = Files.writeString(folder.resolve("my.index.json"), map("a", ONE));
        assertEquals("pytorch", Checkpoint.open(named).format());
    }

    @Test
    @DisplayName("X2 file names that lead out of the folder")
    void x2() throws IOException {
        save("outside.bin", "a");
        Path outside = folder.resolve("outside.bin");
        folder = Files.createDirectory(folder.resolve("inside"));
        for (String name : List.of("../outside.bin", "x/../../outside.bin", outside.toString(), "C:outside.bin")) {
            assertRefused(
                    Reason.REFUSED,
                    "the index names the shard '" + name + "', which is not a plain path below its folder" + HOSTILE,
                    index(map("a", name)));
        }
        Files.createSymbolicLink(folder.resolve("link.bin"), outside);
        assertRefused(
                Reason.REFUSED,
                "the index names the shard 'link.bin', a link out of its folder" + HOSTILE,
                index(map("a", "link.bin")));
    }

    @Test
    @DisplayName("X3 a tensor that its shard lacks")
    void x3() throws IOException {
        save(ONE, "a");
        save(TWO, "b");
        assertRefused(
                Reason.MALFORMED,
                "the index places tensor 'c' in the shard '" + TWO + "', which lacks it" + DAMAGED,
                index(map("a", ONE, "b", TWO, "c", TWO)));
        assertRefused(
                Reason.MALFORMED,
                "the index places tensor 'a' in the shard '" + TWO + "', which lacks it ('" + ONE + "' holds it)"
                        + DAMAGED,
                index(map("a", TWO, "b", ONE)));
    }

    @Test
    @DisplayName("X4 a tensor in two shards")
    void x4() throws IOException {
        save(ONE, "a", "b");
        save(TWO, "b");
        assertRefused(
                Reason.MALFORMED,
                "tensor 'b' lies in two shards, '" + ONE + "' and '" + TWO + "'" + DAMAGED,
                index(map("a", ONE, "b", TWO)));
    }

    @Test
    @DisplayName("X5 shards of another format")
    void x5() throws IOException {
        assertRefused(
                Reason.UNSUPPORTED,
                "the index names the shard 'model-00001-of-00001.safetensors', which is not called *.bin;"
                        + " give the index of the PyTorch shards, or convert the checkpoint",
                index(map("a", "model-00001-of-00001.safetensors")));
    }

    @Test
    @DisplayName("X7 a tensor that the index does not list is read, and told (field reports, section 3)")
    void x7() throws IOException {
        save(ONE, "a", "b");
        Checkpoint checkpoint = Checkpoint.open(index(map("a", ONE)));
        assertEquals(Set.of("a", "b"), checkpoint.tensors().keySet());
        assertEquals(
                List.of("the shard " + ONE + " holds what the index does not list, which was read: `b`"),
                checkpoint.warnings());
    }

    @Test
    void shardsWithoutAnIndexAreKnownByTheirNumbers() throws IOException {
        save("pytorch_model-00001-of-00002.bin", "a");
        save("pytorch_model-00002-of-00002.bin", "b");
        Checkpoint checkpoint = Checkpoint.open(folder);
        assertEquals("pytorch", checkpoint.format());
        assertEquals(Set.of("a", "b"), checkpoint.tensors().keySet());
    }

    @Test
    @DisplayName("X8 a missing shard, told before any shard is read")
    void x8() throws IOException {
        Files.writeString(folder.resolve(ONE), "not even PyTorch");
        assertRefused(
                Reason.NOT_FOUND,
                "the index names the shard '" + TWO + "', which does not exist; put the shard beside the index",
                index(map("a", ONE, "b", TWO)));
    }

    @Test
    @DisplayName("X9 stale shards beside the index are ignored and reported")
    void x9() throws IOException {
        save(ONE, "a");
        save("pytorch_model-00001-of-00003.bin", "a", "old");
        save("model-00001-of-00003.safetensors", "b");
        assertEquals(
                List.of(
                        "the shard pytorch_model-00001-of-00003.bin lies beside the index, which does not name it; ignored"),
                Checkpoint.open(index(map("a", ONE))).warnings());
    }

    @Test
    void namesTheShardThatIsMalformed() throws IOException {
        Path shard = Files.writeString(folder.resolve(ONE), "<!DOCTYPE html><html>");
        Path index = index(map("a", ONE));
        CheckpointException refused = assertThrows(CheckpointException.class, () -> Checkpoint.open(index));
        assertEquals(shard + ": this is not a PyTorch file" + DAMAGED, refused.getMessage());
        // an index among its own shards is read as a shard
        assertRefused(
                Reason.MALFORMED,
                "this is not a PyTorch file" + DAMAGED,
                Files.writeString(folder.resolve("weights.bin"), map("a", "weights.bin")));
    }

    @Test
    void whatAShardWarnsOfIsTold() throws IOException {
        Files.copy(fixture("torch/nested.pt"), folder.resolve(ONE));
        Checkpoint single = Checkpoint.open(folder.resolve(ONE));
        String[] names = single.tensors().keySet().stream()
                .flatMap(name -> List.of(name, ONE).stream())
                .toArray(String[]::new);
        assertEquals(
                single.warnings().stream()
                        .map(warning -> "the shard " + ONE + ": " + warning)
                        .toList(),
                Checkpoint.open(index(map(names))).warnings());
        assertEquals(1, single.warnings().size());
    }

    @Test
    void anEmptyIndexHoldsNothing() throws IOException {
        assertRefused(Reason.MALFORMED, "the file holds 0 tensors" + DAMAGED, index(map()));
    }

    @Test
    void shardsAreNoArchiveToCopy() throws IOException {
        Checkpoint sharded = Checkpoint.open(fixture("torch/sharded"));
        TensorData values = TensorData.of(ByteBuffer.allocate(48));
        CheckpointException refused = assertThrows(
                CheckpointException.class,
                () -> new TorchScriptWriter(sharded, folder.resolve("copy.pt"))
                        .write(List.of(new OutputTensor("encoder.weight", DType.F32, Shape.of(3, 4), () -> values))));
        assertEquals("tensor 'encoder.weight' does not lie in a storage of PyTorch", refused.detail());
    }

    private static List<ByteRange> ranges(Checkpoint checkpoint) {
        return checkpoint.tensors().values().stream().map(TensorEntry::range).toList();
    }

    private void save(String name, String... tensors) throws IOException {
        new PytorchWriter(folder.resolve(name))
                .write(Stream.of(tensors)
                        .map(tensor -> new OutputTensor(
                                tensor, DType.U8, Shape.of(1), () -> TensorData.of(ByteBuffer.allocate(1))))
                        .toList());
    }

    private Path index(String json) throws IOException {
        return Files.writeString(folder.resolve("pytorch_model.bin.index.json"), json);
    }

    private static String map(String... namesAndShards) {
        StringBuilder json = new StringBuilder("{\"weight_map\":{");
        for (int i = 0; i < namesAndShards.length; i += 2) {
            json.append(i == 0 ? "" : ",").append("\"%s\":\"%s\"".formatted(namesAndShards[i], namesAndShards[i + 1]));
        }
        return json + "}}";
    }

    private static void assertRefused(Reason reason, String message, Path index) {
        CheckpointException refused = assertThrows(CheckpointException.class, () -> Checkpoint.open(index));
        assertEquals(index + ": " + message, refused.getMessage());
        assertEquals(reason, refused.reason());
    }
}
