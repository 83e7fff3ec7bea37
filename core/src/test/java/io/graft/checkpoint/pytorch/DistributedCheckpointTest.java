package io.graft.checkpoint.pytorch;

import static io.graft.checkpoint.pytorch.TorchFiles.fixture;
import static io.graft.checkpoint.pytorch.TorchFiles.floats;
import static io.graft.checkpoint.pytorch.TorchFiles.open;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.Fixtures;
import io.graft.checkpoint.Section;
import io.graft.checkpoint.Sha256;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.pytorch.Pickle.Name;
import io.graft.checkpoint.pytorch.Pickle.Raw;
import io.graft.checkpoint.pytorch.Pickle.Tuple;
import io.graft.checkpoint.pytorch.TorchFiles.Expected;
import io.graft.checkpoint.source.InputIdentity;
import io.graft.tensor.TensorData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Distributed checkpoints. The fixtures are made by {@code make_distributed.py}. */
class DistributedCheckpointTest {
    private static final String HOSTILE = "; do not use this file unless you know who wrote it";
    private static final String DAMAGED = "; it seems to be a PyTorch file: copy or download it again";
    private static final String METADATA = "torch.distributed.checkpoint.metadata";

    /** A part of a tensor of floats, and where it is said to lie. */
    private record Part(List<Long> offsets, List<Long> sizes, String file, long offset, long length) {}

    @TempDir
    Path temporary;

    private Path folder;
    private byte[] four;

    @BeforeEach
    void setUp() throws IOException {
        folder = Files.createDirectory(temporary.resolve("model")).toRealPath();
        four = new Zip()
                .stored("archive/data.pkl", Pickle.of(Pickle.floats("0", 4)))
                .stored("archive/data/0", floats(1, 2, 3, 4))
                .build();
    }

    @Test
    void whatOneProcessSaved() throws IOException {
        Path folder = fixture("torch/distributed");
        Checkpoint checkpoint = open(folder);
        assertEquals("pytorch", checkpoint.format());
        assertEquals("distributed", checkpoint.content());
        assertEquals("model", checkpoint.section().name());
        assertHolds("torch/distributed-expected.safetensors", "", checkpoint);
        assertEquals(
                List.of("ema"), checkpoint.others().stream().map(Section::name).toList());
        assertEquals(
                List.of("the file also holds `ema` (7 tensors, 116 bytes, an average by its name), not used here;"
                        + " `section` names one"),
                checkpoint.warnings());
        assertEquals(
                2f,
                checkpoint
                                .section("ema")
                                .logical()
                                .get("1.running_var")
                                .data()
                                .window(0, 4)
                                .getFloat(0)
                        - checkpoint
                                .tensors()
                                .get("1.running_var")
                                .data()
                                .window(0, 4)
                                .getFloat(0)
                        + 1);
        assertEquals(Set.of(folder.resolve(".metadata"), folder.resolve("__0_0.distcp")), checkpoint.files());
    }

    @Test
    void whatFourProcessesSavedInParts() throws IOException {
        Path folder = fixture("torch/distributed-ranks");
        Checkpoint checkpoint = open(folder.resolve(".metadata"));
        assertHolds("torch/distributed-ranks-expected.safetensors", "_fsdp_wrapped_module.", checkpoint);
        assertEquals(List.of("the state dict was found at 'app.model'"), checkpoint.warnings());
        assertEquals(5, checkpoint.files().size());
        List<InputIdentity> identities =
                InputIdentity.of(checkpoint, path -> path.getFileName().toString());
        assertEquals(5, identities.size());
        assertEquals(
                5,
                identities.stream().map(InputIdentity::headerSha256).distinct().count());
    }

    /** A part begins with data, and is told from others by its beginning. */
    @Test
    void aPartIsKnownByItsFirstBytes() throws IOException {
        Path folder = fixture("torch/distributed-flat");
        byte[] part = Files.readAllBytes(folder.resolve("__0_0.distcp"));
        assertEquals(
                List.of(Sha256.of(folder.resolve(".metadata")), Sha256.of(Arrays.copyOf(part, 4096))),
                InputIdentity.of(open(folder), Path::toString).stream()
                        .map(InputIdentity::headerSha256)
                        .toList());
    }

    @Test
    void aDictWithoutAnything() throws IOException {
        Checkpoint checkpoint = open(fixture("torch/distributed-flat"));
        assertEquals(Set.of("w", "wide", "t"), checkpoint.tensors().keySet());
        assertArrayEquals(
                floats(0, 3, 1, 4, 2, 5),
                Fixtures.bytes(checkpoint.tensors().get("t").data()));
    }

    @Test
    void anyWindowIsAPartOfTheWhole() throws IOException {
        for (TensorEntry entry :
                open(fixture("torch/distributed-ranks")).tensors().values()) {
            TensorData data = entry.data();
            byte[] whole = Fixtures.bytes(data);
            for (int from = 0; from < whole.length; from++) {
                for (int length = 0; length <= whole.length - from; length += 3) {
                    ByteBuffer window = data.window(from, length);
                    byte[] bytes = new byte[window.remaining()];
                    window.get(bytes);
                    assertArrayEquals(Arrays.copyOfRange(whole, from, from + length), bytes);
                }
            }
        }
    }

    @Test
    void shortRowsAreReadThroughBuffers() throws IOException {
        int rows = 50;
        int columns = 3_000;
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            float[] values = new float[rows * 1_000];
            for (int at = 0; at < values.length; at++) {
                values[at] = (at / 1_000) * columns + i * 1_000 + at % 1_000;
            }
            byte[] archive = new Zip()
                    .stored(
                            "archive/data.pkl",
                            Pickle.of(Pickle.tensor(
                                    Pickle.storage("FloatStorage", "0", values.length),
                                    0,
                                    List.of((long) rows, 1_000L),
                                    List.of(1_000L, 1L))))
                    .stored("archive/data/0", floats(values))
                    .build();
            Files.write(folder.resolve("__" + i + "_0.distcp"), archive);
            parts.add(new Part(
                    List.of(0L, i * 1_000L), List.of((long) rows, 1_000L), "__" + i + "_0.distcp", 0, archive.length));
        }
        write(List.of((long) rows, (long) columns), parts);
        TensorData data = open(folder).tensors().get("w").data();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        data.transferTo(Channels.newChannel(out));
        ByteBuffer all = ByteBuffer.wrap(out.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < rows * columns; at++) {
            assertEquals(at, all.getFloat(4 * at));
        }
    }

    @Test
    void aPartOfItIsNamed() {
        Path part = fixture("torch/distributed/__0_0.distcp");
        CheckpointException refused = assertThrows(CheckpointException.class, () -> open(part));
        assertEquals(
                part
                        + ": this is a part of a distributed checkpoint of PyTorch; give its folder, in which .metadata says where"
                        + " each tensor lies",
                refused.getMessage());
    }

    @Test
    void filesThatAreAbsentForeignOrElsewhere() throws IOException {
        Files.write(folder.resolve("__0_0.distcp"), four);
        assertRefused(
                Reason.NOT_FOUND,
                "it names the file '__1_0.distcp', which does not exist; put the file beside .metadata",
                "__1_0.distcp");
        assertRefused(
                Reason.REFUSED,
                "it names the file '../__0_0.distcp', which is not a plain path below its folder" + HOSTILE,
                "../__0_0.distcp");
        assertRefused(
                Reason.REFUSED,
                "it names the file '/etc/a.distcp', which is not a plain path below its folder" + HOSTILE,
                "/etc/a.distcp");
        assertRefused(
                Reason.UNSUPPORTED,
                "it names the file 'notes.txt', which is not called *.distcp;"
                        + " save the checkpoint with torch.distributed.checkpoint.save",
                "notes.txt");
        Path outside = Files.write(temporary.resolve("outside"), four);
        Files.createSymbolicLink(folder.resolve("link.distcp"), outside);
        assertRefused(
                Reason.REFUSED, "it names the file 'link.distcp', a link out of its folder" + HOSTILE, "link.distcp");
        Files.writeString(folder.resolve("foreign.distcp"), "x".repeat(four.length));
        assertRefused(
                Reason.MALFORMED,
                "it says that an archive begins at byte 0 of 'foreign.distcp', and none does" + DAMAGED,
                "foreign.distcp");
        write(List.of(4L), List.of(new Part(List.of(0L), List.of(4L), "__0_0.distcp", 0, four.length + 1)));
        assertRefused(
                Reason.MALFORMED,
                "it says that an archive of " + (four.length + 1)
                        + " bytes begins at byte 0 of '__0_0.distcp', which has " + four.length + " bytes" + DAMAGED);
    }

    @Test
    void partsThatDoNotMakeUpTheTensor() throws IOException {
        Files.write(folder.resolve("a.distcp"), four);
        Files.write(folder.resolve("b.distcp"), four);
        Part first = new Part(List.of(0L), List.of(4L), "a.distcp", 0, four.length);
        write(List.of(8L), List.of(first));
        assertRefused(Reason.MALFORMED, "the parts of tensor 'w' of shape [8] leave gaps" + DAMAGED);
        write(List.of(6L), List.of(first, new Part(List.of(2L), List.of(4L), "b.distcp", 0, four.length)));
        assertRefused(Reason.MALFORMED, "the parts of tensor 'w' of shape [6] overlap" + DAMAGED);
        write(List.of(8L), List.of(first, new Part(List.of(2L), List.of(4L), "b.distcp", 0, four.length)));
        assertRefused(Reason.MALFORMED, "the parts of tensor 'w' of shape [8] overlap and leave gaps" + DAMAGED);
        write(List.of(7L), List.of(first, new Part(List.of(4L), List.of(4L), "b.distcp", 0, four.length)));
        assertRefused(
                Reason.MALFORMED,
                "the parts of tensor 'w' of shape [7] reach outside of it: one has [4] elements at [4]" + DAMAGED);
        write(List.of(8L), List.of(first, new Part(List.of(4L), List.of(4L), "a.distcp", 1, four.length - 1)));
        assertRefused(
                Reason.REFUSED,
                "two of the archives that it names share bytes of 'a.distcp', from byte 1 on" + HOSTILE);
        write(List.of(4L), List.of(new Part(List.of(0L), List.of(4L), "", 0, 0)));
        assertRefused(Reason.MALFORMED, "it does not say where the part of tensor 'w' at [0] lies" + DAMAGED);
    }

    @Test
    void anArchiveIsHeldToWhatIsSaidOfIt() throws IOException {
        Path file = Files.write(folder.resolve("a.distcp"), four);
        write(List.of(2L, 2L), List.of(new Part(List.of(0L, 0L), List.of(2L, 2L), "a.distcp", 0, four.length)));
        TensorData data = open(folder).tensors().get("w").data();
        assertEquals(
                file
                        + ": the archive at byte 0 holds F32 [4], and .metadata says that this part of tensor 'w' is F32 [2, 2]"
                        + DAMAGED,
                assertThrows(CheckpointException.class, () -> data.window(0, 1)).getMessage());
        byte[] dict = new Zip().stored("archive/data.pkl", Pickle.of(Map.of())).build();
        Files.write(file, dict);
        write(List.of(4L), List.of(new Part(List.of(0L), List.of(4L), "a.distcp", 0, dict.length)));
        TensorData other = open(folder).tensors().get("w").data();
        assertEquals(
                file + ": the archive at byte 0 is to hold a part of tensor 'w', and holds a dict" + DAMAGED,
                assertThrows(CheckpointException.class, () -> other.window(0, 1))
                        .getMessage());
    }

    @Test
    void whatWouldRunCodeIsRefused() throws IOException {
        Files.write(
                folder.resolve(".metadata"),
                Pickle.of(List.of(new Name(METADATA, "Metadata"), Pickle.Call.of("os", "system", "touch owned"))));
        assertRefused(Reason.REFUSED, "the pickle, byte 52: the file asks to run os.system; nothing was run" + HOSTILE);
    }

    @Test
    void withoutKeysTheOptimizerIsApartByItsName() throws IOException {
        Files.write(folder.resolve("a.distcp"), four);
        Files.write(folder.resolve("b.distcp"), four);
        Map<Object, Object> tensors = new LinkedHashMap<>();
        tensors.put("layer.w", saved(List.of(4L), List.of(new Part(List.of(0L), List.of(4L), "a.distcp", 0, 0))));
        tensors.put(
                "optim.layer.w.m", saved(List.of(4L), List.of(new Part(List.of(0L), List.of(4L), "b.distcp", 0, 0))));
        Map<Object, Object> places = new LinkedHashMap<>();
        place("layer.w", new Part(List.of(0L), List.of(4L), "a.distcp", 0, four.length), places);
        place("optim.layer.w.m", new Part(List.of(0L), List.of(4L), "b.distcp", 0, four.length), places);
        write(tensors, places, null);
        Checkpoint checkpoint = open(folder);
        assertEquals(Set.of("layer.w"), checkpoint.tensors().keySet());
        assertEquals(List.of("not tensors, so left out of the state dict: 'optim' (dict)"), checkpoint.warnings());
    }

    @Test
    void aKeyOfATensorThatLeadsToOthersAsWell() throws IOException {
        Map<Object, Object> tensors = new LinkedHashMap<>();
        tensors.put("a", saved(List.of(0L), List.of()));
        tensors.put("a.b", saved(List.of(0L), List.of()));
        write(tensors, Map.of(), Map.of("a", Tuple.of("a"), "a.b", Tuple.of("a", "b")));
        assertRefused(Reason.MALFORMED, "the key 'a' leads to a tensor, and to others as well" + DAMAGED);
    }

    private void assertHolds(String expected, String prefix, Checkpoint checkpoint) throws IOException {
        Map<String, Expected> tensors = TorchFiles.safetensors(fixture(expected));
        assertEquals(tensors.size(), checkpoint.tensors().size());
        for (Map.Entry<String, Expected> tensor : tensors.entrySet()) {
            TensorEntry entry = checkpoint.tensors().get(prefix + tensor.getKey());
            assertEquals(tensor.getValue().dtype(), entry.dtype().name(), tensor.getKey());
            assertEquals(tensor.getValue().shape(), entry.shape().dimensions(), tensor.getKey());
            assertEquals(tensor.getValue().bytes(), TorchFiles.bytes(entry), tensor.getKey());
        }
    }

    private void assertRefused(Reason reason, String message, String file) throws IOException {
        write(List.of(4L), List.of(new Part(List.of(0L), List.of(4L), file, 0, four.length)));
        assertRefused(reason, message);
    }

    private void assertRefused(Reason reason, String message) {
        CheckpointException refused = assertThrows(CheckpointException.class, () -> open(folder));
        assertEquals(folder.resolve(".metadata") + ": " + message, refused.getMessage());
        assertEquals(reason, refused.reason());
    }

    /** A checkpoint with one tensor {@code w} of floats. */
    private void write(List<Long> size, List<Part> parts) throws IOException {
        Map<Object, Object> places = new LinkedHashMap<>();
        parts.stream().filter(part -> !part.file.isEmpty()).forEach(part -> place("w", part, places));
        write(Map.of("w", saved(size, parts)), places, Map.of("w", Tuple.of("w")));
    }

    private void write(Map<Object, Object> tensors, Map<Object, Object> places, Object paths) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("state_dict_metadata", tensors);
        fields.put("planner_data", paths);
        fields.put("storage_data", places);
        Files.write(folder.resolve(".metadata"), Pickle.of(object(METADATA, "Metadata", fields)));
    }

    private static Raw saved(List<Long> size, List<Part> parts) {
        List<Raw> chunks = parts.stream()
                .map(part -> object(
                        METADATA,
                        "ChunkStorageMetadata",
                        Map.of("offsets", new Tuple(part.offsets), "sizes", new Tuple(part.sizes))))
                .toList();
        Raw properties = object(METADATA, "TensorProperties", Tuple.of(new Name("torch", "float32"), 0L, false));
        return object(
                METADATA,
                "TensorStorageMetadata",
                Map.of("properties", properties, "size", new Tuple(size), "chunks", chunks));
    }

    private static void place(String name, Part part, Map<Object, Object> places) {
        places.put(
                object(METADATA, "MetadataIndex", Map.of("fqn", name, "offset", new Tuple(part.offsets))),
                object(
                        "torch.distributed.checkpoint.filesystem",
                        "_StorageInfo",
                        Map.of("relative_path", part.file, "offset", part.offset, "length", part.length)));
    }

    private static Raw object(String module, String name, Object state) {
        byte[] pickle = Pickle.of(state);
        String opcodes = new String(pickle, 2, pickle.length - 3, StandardCharsets.ISO_8859_1);
        return new Raw("c" + module + "\n" + name + "\n)\u0081" + opcodes + "b");
    }
}
