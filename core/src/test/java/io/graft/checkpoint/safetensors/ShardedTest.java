package io.graft.checkpoint.safetensors;

import static io.graft.checkpoint.safetensors.Bytes.entry;
import static io.graft.checkpoint.safetensors.Bytes.header;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.Fixtures;
import io.graft.checkpoint.TensorEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardedTest {
    private static final String AGAIN =
            "it seems to be a safetensors file: get it again from its source or save it again";
    private static final String ONE = "model-00001-of-00002.safetensors";
    private static final String TWO = "model-00002-of-00002.safetensors";

    @TempDir
    Path temporary;

    private Path folder;

    @BeforeEach
    void resolve() throws IOException {
        folder = temporary.toRealPath();
    }

    @Test
    void readsTheSameTensorsAsTheSingleFile() throws IOException {
        Checkpoint sharded = Checkpoint.open(Fixtures.path("bert/hf-sharded"));
        Map<String, TensorEntry> single =
                Checkpoint.open(Fixtures.path("bert/hf.safetensors")).tensors();
        assertEquals(single.keySet(), sharded.tensors().keySet());
        for (TensorEntry tensor : sharded.tensors().values()) {
            TensorEntry other = single.get(tensor.name());
            assertEquals(other.dtype(), tensor.dtype());
            assertEquals(other.shape(), tensor.shape());
            assertArrayEquals(Fixtures.bytes(other.data()), Fixtures.bytes(tensor.data()), tensor.name());
        }
        assertEquals(Map.of("format", "pt"), sharded.metadata());
        assertEquals(List.of(), sharded.warnings());
        assertEquals(
                "model.safetensors.index.json", sharded.path().getFileName().toString());
    }

    @Test
    void opensTheIndexItself() {
        Checkpoint sharded = Checkpoint.open(Fixtures.path("bert/hf-sharded/model.safetensors.index.json"));
        Checkpoint folder = Checkpoint.open(Fixtures.path("bert/hf-sharded"));
        assertEquals(folder.path(), sharded.path());
        assertEquals(folder.tensors(), sharded.tensors());
    }

    @Test
    @DisplayName("X2 file names that lead out of the folder")
    void x2() throws IOException {
        Path outside = Bytes.file(folder.resolve("outside.safetensors"), header(entry("a", "U8", "[1]", 0, 1)), 1);
        Path inside = Files.createDirectory(folder.resolve("inside"));
        for (String name : List.of(
                "../outside.safetensors",
                "x/../../outside.safetensors",
                outside.toString(),
                "C:\\\\outside.safetensors",
                "C:outside.safetensors",
                "\\\\\\\\host\\\\share\\\\outside.safetensors",
                "..\\\\outside.safetensors",
                "./model.safetensors",
                "//host/outside.safetensors",
                "")) {
            Path index = index(inside, "{\"weight_map\":{\"a\":\"" + name + "\"}}");
            assertRefused(
                    Reason.REFUSED,
                    "the index names the shard '" + name.replace("\\\\", "\\")
                            + "', which is not a plain path below its folder",
                    AGAIN,
                    index);
        }
    }

    @Test
    @DisplayName("X2 a link out of the folder")
    void x2Link() throws IOException {
        Path outside = Bytes.file(folder.resolve("outside.safetensors"), header(entry("a", "U8", "[1]", 0, 1)), 1);
        Path inside = Files.createDirectory(folder.resolve("inside"));
        Files.createSymbolicLink(inside.resolve("link.safetensors"), outside);
        Path index = index(inside, "{\"weight_map\":{\"a\":\"link.safetensors\"}}");
        assertRefused(
                Reason.REFUSED, "the index names the shard 'link.safetensors', a link out of its folder", AGAIN, index);
    }

    @Test
    void followsTheLinksOfAHuggingFaceCache() throws IOException {
        Path blobs = Files.createDirectory(folder.resolve("blobs"));
        Path snapshot = Files.createDirectories(folder.resolve("snapshots/0123abc"));
        Bytes.file(blobs.resolve("f00d"), header(entry("a", "U8", "[1]", 0, 1)), 1);
        Files.writeString(blobs.resolve("beef"), "{\"weight_map\":{\"a\":\"" + ONE + "\"}}");
        Files.createSymbolicLink(snapshot.resolve(ONE), Path.of("../../blobs/f00d"));
        Files.createSymbolicLink(snapshot.resolve("model.safetensors.index.json"), Path.of("../../blobs/beef"));
        Checkpoint checkpoint = Checkpoint.open(snapshot);
        assertEquals(
                blobs.resolve("f00d"), checkpoint.tensors().get("a").range().file());
    }

    @Test
    @DisplayName("X3 a tensor that its shard lacks")
    void x3() throws IOException {
        shard(ONE, "a");
        shard(TWO, "b");
        assertRefused(
                Reason.MALFORMED,
                "the index places tensor 'c' in the shard '" + TWO + "', which lacks it",
                AGAIN,
                index(folder, map("a", ONE, "b", TWO, "c", TWO)));
        assertRefused(
                Reason.MALFORMED,
                "the index places tensor 'a' in the shard '" + TWO + "', which lacks it ('" + ONE + "' holds it)",
                AGAIN,
                index(folder, map("a", TWO, "b", ONE)));
    }

    @Test
    @DisplayName("X4 a tensor in two shards")
    void x4() throws IOException {
        shard(ONE, "a", "b");
        shard(TWO, "b");
        assertRefused(
                Reason.MALFORMED,
                "tensor 'b' lies in two shards, '" + ONE + "' and '" + TWO + "'",
                AGAIN,
                index(folder, map("a", ONE, "b", TWO)));
    }

    @Test
    @DisplayName("X5 shards of another format")
    void x5() throws IOException {
        Files.writeString(folder.resolve("pytorch_model-00001-of-00001.bin"), "PK");
        assertRefused(
                Reason.UNSUPPORTED,
                "the index names the shard 'pytorch_model-00001-of-00001.bin', which is not called *.safetensors",
                "give the index of the safetensors shards, or convert the checkpoint",
                index(folder, map("a", "pytorch_model-00001-of-00001.bin")));
    }

    @Test
    @DisplayName("X7 a tensor that the index does not list is read, and told (field reports, section 3)")
    void x7() throws IOException {
        shard(ONE, "a", "b");
        Checkpoint checkpoint = Checkpoint.open(index(folder, map("a", ONE)));
        assertEquals(Set.of("a", "b"), checkpoint.tensors().keySet());
        assertEquals(
                List.of("the shard " + ONE + " holds what the index does not list, which was read: `b`"),
                checkpoint.warnings());
    }

    @Test
    void shardsWithoutAnIndexAreKnownByTheirNumbers() throws IOException {
        shard("model-00001-of-00002.safetensors", "a");
        shard("model-00002-of-00002.safetensors", "b");
        shard("other-00001-of-00001.safetensors", "c");
        Checkpoint checkpoint = Checkpoint.open(folder);
        assertEquals("safetensors", checkpoint.format());
        assertEquals(Set.of("a", "b"), checkpoint.tensors().keySet());
        assertEquals(
                List.of("the folder has no index; its 2 shards were put together by the numbers in their names"),
                checkpoint.warnings());
        assertEquals(2, checkpoint.files().size());
        assertEquals(folder.toRealPath().resolve("model-00001-of-00002.safetensors"), Checkpoint.fileOf(folder));
        // A shard that is given by its own name is what it is.
        assertEquals(
                Set.of("b"),
                Checkpoint.open(folder.resolve("model-00002-of-00002.safetensors"))
                        .tensors()
                        .keySet());
    }

    @Test
    void shardsWithoutAnIndexThatAreNotWholeOrNotOneSet() throws IOException {
        shard("model-00001-of-00003.safetensors", "a");
        shard("model-00003-of-00003.safetensors", "b");
        assertFolderRefused(
                "a folder without an index that holds 2 of 3 shards; `model-00002-of-00003.safetensors` is missing;"
                        + " put it there; a shard alone can be given by its own name");
        shard("model-00001-of-00001.safetensors", "a");
        assertFolderRefused("a folder without an index that holds the shards of several checkpoints:"
                + " `model-00001-of-00001.safetensors`, `model-00001-of-00003.safetensors`;"
                + " move those of one into a folder of their own");
    }

    @Test
    void aTensorInTwoShardsWithoutAnIndex() throws IOException {
        shard("model-00001-of-00002.safetensors", "a");
        shard("model-00002-of-00002.safetensors", "a");
        CheckpointException refused = assertThrows(CheckpointException.class, () -> Checkpoint.open(folder));
        assertEquals("tensor `a` lies in two shards, in model-00001-of-00002.safetensors as well", refused.detail());
        assertEquals("keep one of the two", refused.help());
    }

    private void assertFolderRefused(String message) throws IOException {
        CheckpointException refused = assertThrows(CheckpointException.class, () -> Checkpoint.open(folder));
        assertEquals(folder.toRealPath() + ": " + message, refused.getMessage());
    }

    @Test
    @DisplayName("X8 a missing shard, told before any shard is read")
    void x8() throws IOException {
        Files.writeString(folder.resolve(ONE), "not even safetensors");
        assertRefused(
                Reason.NOT_FOUND,
                "the index names the shard '" + TWO + "', which does not exist",
                "put the shard beside the index",
                index(folder, map("a", ONE, "b", TWO)));
    }

    @Test
    @DisplayName("X9 stale shards beside the index are ignored and reported")
    void x9() throws IOException {
        shard(ONE, "a");
        shard("model-00001-of-00003.safetensors", "a", "old");
        shard("other-00001-of-00003.safetensors", "b");
        Checkpoint checkpoint = Checkpoint.open(index(folder, map("a", ONE)));
        assertEquals(List.of("a"), List.copyOf(checkpoint.tensors().keySet()));
        assertEquals(
                List.of(
                        "the shard model-00001-of-00003.safetensors lies beside the index, which does not name it; ignored"),
                checkpoint.warnings());
    }

    @Test
    void namesTheShardThatIsMalformed() throws IOException {
        Path shard = Files.writeString(folder.resolve(ONE), "<!DOCTYPE html><html>");
        Path index = index(folder, map("a", ONE));
        CheckpointException refused = assertThrows(CheckpointException.class, () -> Checkpoint.open(index));
        assertEquals(shard, refused.path());
        assertEquals("this is not a safetensors file", refused.detail());
    }

    @Test
    void keepsTheMetadataOfIndexAndShardsWithoutTheTotals() throws IOException {
        shard(ONE, "a");
        Path index = index(
                folder,
                "{\"metadata\":{\"total_size\":1,\"total_parameters\":1,\"tool\":\"x\",\"nested\":{\"a\":[1]}},\"extra\":[{}],"
                        + map("a", ONE).substring(1));
        assertEquals(Map.of("tool", "x"), Checkpoint.open(index).metadata());
    }

    @Test
    void takesMetadataThatSeveralHoldFromTheFirst() throws IOException {
        shardThatSays(ONE, "a", "\"step\":\"1\",\"first\":\"yes\"");
        shardThatSays(TWO, "b", "\"step\":\"2\",\"second\":\"yes\"");
        Map<String, String> shards = Map.of("step", "1", "first", "yes", "second", "yes");
        assertEquals(shards, Checkpoint.open(folder).metadata());
        Path index = index(
                folder,
                "{\"metadata\":{\"first\":\"the index\"},"
                        + map("a", ONE, "b", TWO).substring(1));
        assertEquals(
                Map.of("step", "1", "first", "the index", "second", "yes"),
                Checkpoint.open(index).metadata());
    }

    private void shardThatSays(String name, String tensor, String metadata) throws IOException {
        Bytes.file(
                folder.resolve(name),
                "{\"__metadata__\":{" + metadata + "}," + entry(tensor, "U8", "[1]", 0, 1) + "}",
                1);
    }

    @Test
    void refusesAMalformedIndex() throws IOException {
        assertRefused(
                Reason.MALFORMED, "the index has no weight_map", AGAIN, index(folder, "{\"metadata\": {}, \"x\": 1}"));
        assertRefused(
                Reason.MALFORMED,
                "the index holds tensor 'a' twice",
                AGAIN,
                index(folder, "{\"weight_map\":{\"a\":\"x\",\"a\":\"y\"}}"));
        assertRefused(
                Reason.MALFORMED,
                "weight_map of tensor 'a' must be a text",
                AGAIN,
                index(folder, "{\"weight_map\":{\"a\":1}}"));
        assertRefused(
                Reason.MALFORMED,
                "the index is not valid JSON (at character 17)",
                AGAIN,
                index(folder, "{\"weight_map\":{},}"));
        assertRefused(
                Reason.REFUSED,
                "the index has 10000020 bytes, more than 10000000",
                AGAIN,
                index(folder, "{\"weight_map\":{\"a\":\"" + "x".repeat(10_000_000)));
    }

    private void shard(String name, String... tensors) throws IOException {
        StringBuilder header = new StringBuilder();
        for (int i = 0; i < tensors.length; i++) {
            header.append(i == 0 ? "" : ",").append(entry(tensors[i], "U8", "[1]", i, i + 1));
        }
        Bytes.file(folder.resolve(name), "{" + header + "}", tensors.length);
    }

    private static Path index(Path folder, String json) throws IOException {
        return Files.writeString(folder.resolve("model.safetensors.index.json"), json);
    }

    private static String map(String... namesAndShards) {
        StringBuilder json = new StringBuilder("{\"weight_map\":{");
        for (int i = 0; i < namesAndShards.length; i += 2) {
            json.append(i == 0 ? "" : ",").append("\"%s\":\"%s\"".formatted(namesAndShards[i], namesAndShards[i + 1]));
        }
        return json + "}}";
    }

    private static void assertRefused(Reason reason, String detail, String help, Path index) {
        CheckpointException refused = assertThrows(CheckpointException.class, () -> Checkpoint.open(index.getParent()));
        assertEquals(index + ": " + detail + "; " + help, refused.getMessage());
        assertEquals(reason, refused.reason());
    }
}
