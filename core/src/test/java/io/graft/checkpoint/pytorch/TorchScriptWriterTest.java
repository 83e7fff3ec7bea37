package io.graft.checkpoint.pytorch;

import static io.graft.checkpoint.pytorch.TorchFiles.fixture;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.Fixtures;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.shards.ShardKind;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.checkpoint.zip.ZipArchive;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TorchScriptWriterTest {
    @TempDir
    Path temporary;

    private Path file;

    @BeforeEach
    void resolve() throws IOException {
        file = temporary.toRealPath().resolve("out.pt");
    }

    @Test
    void replacesValuesAndNothingElse() throws IOException {
        Path source = fixture("m43/scripted.pt");
        Checkpoint archive = Checkpoint.open(source);
        List<WrittenFile> written = new TorchScriptWriter(archive, file)
                .write(List.of(floats("decoder.bias", 7, 8), floats("encoder.bias", 1, 2, 3)));
        Checkpoint copy = Checkpoint.open(file);
        assertEquals(archive.tensors().keySet(), copy.tensors().keySet());
        assertEquals(floatBytes(7, 8), TorchFiles.bytes(copy.tensors().get("decoder.bias")));
        assertEquals(floatBytes(1, 2, 3), TorchFiles.bytes(copy.tensors().get("encoder.bias")));
        assertSameMembersBut(Set.of("scripted/data/1", "scripted/data/3"), source, file);
        PytorchWriterTest.assertSound(file);
        assertEquals(Files.size(source), written.get(0).bytes());
        assertEquals(file, written.get(0).path());
    }

    @ParameterizedTest
    @ValueSource(strings = {"epd/scripted.pt", "epd/traced.pt", "m43/scripted.pt"})
    void theOwnValuesGiveTheSameFile(String fixture) throws IOException {
        Checkpoint archive = Checkpoint.open(fixture(fixture));
        List<OutputTensor> own = archive.tensors().values().stream()
                .map(entry -> new OutputTensor(entry.name(), entry.dtype(), entry.shape(), entry::data))
                .toList();
        new TorchScriptWriter(archive, file).write(own);
        assertEquals(-1, Files.mismatch(fixture(fixture), file));
    }

    @Test
    void noReplacementIsACopy() throws IOException {
        Checkpoint archive = Checkpoint.open(fixture("m43/scripted.pt"));
        new TorchScriptWriter(archive, file).write(List.of());
        assertEquals(-1, Files.mismatch(fixture("m43/scripted.pt"), file));
    }

    /** In the fixture {@code base}, {@code row_view}, {@code transposed}, {@code strided} and {@code tied} are one storage. */
    @Test
    void aViewIsWrittenThroughItsStorage() throws IOException {
        Checkpoint archive = Checkpoint.open(fixture("torch/corners.pt"));
        new TorchScriptWriter(archive, file).write(List.of(floats("strided", Shape.of(3, 2), 1, 2, 3, 4, 5, 6)));
        Checkpoint copy = Checkpoint.open(file);
        float[] base = values(archive, "base");
        assertEquals(24, base.length);
        int[] places = {1, 2, 9, 10, 17, 18};
        for (int i = 0; i < places.length; i++) {
            base[places[i]] = i + 1;
        }
        assertArrayEquals(base, values(copy, "base"));
        assertArrayEquals(base, values(copy, "tied"));
        assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, values(copy, "strided"));
        assertArrayEquals(values(archive, "parameter"), values(copy, "parameter"));
        PytorchWriterTest.assertSound(file);
    }

    @Test
    void aPartOfAStorageLeavesTheRest() throws IOException {
        Checkpoint archive = Checkpoint.open(fixture("torch/corners.pt"));
        new TorchScriptWriter(archive, file).write(List.of(floats("row_view", 1, 2, 3, 4)));
        float[] base = values(archive, "base");
        System.arraycopy(new float[] {1, 2, 3, 4}, 0, base, 8, 4);
        assertArrayEquals(base, values(Checkpoint.open(file), "base"));
    }

    @Test
    void neitherHashesNorForcesWhereThatIsNotWanted() throws IOException {
        Checkpoint archive = Checkpoint.open(fixture("m43/scripted.pt"));
        WriteOptions plain = new WriteOptions(false, false, Part.WHOLE);
        List<WrittenFile> written = new TorchScriptWriter(archive, file, plain).write(List.of());
        assertEquals(List.of(new WrittenFile(file, Files.size(fixture("m43/scripted.pt")), "")), written);
    }

    @Test
    void theRestOfAStorageThatIsDamagedGetsNoNewChecksum() throws IOException {
        Path damaged = temporary.toRealPath().resolve("damaged.pt");
        Files.copy(fixture("torch/corners.pt"), damaged);
        Checkpoint archive = Checkpoint.open(damaged);
        long end = archive.tensors().get("base").range().offset() + 24 * Float.BYTES;
        try (RandomAccessFile bytes = new RandomAccessFile(damaged.toFile(), "rw")) {
            bytes.seek(end - 1);
            bytes.write(0x55);
        }
        Checkpoint opened = Checkpoint.open(damaged);
        CheckpointException refused = assertThrows(
                CheckpointException.class,
                () -> new TorchScriptWriter(opened, file).write(List.of(floats("row_view", 1, 2, 3, 4))));
        assertTrue(
                refused.getMessage().startsWith(damaged + ": 'corners/data/0' is damaged: its checksum is "),
                refused.getMessage());
    }

    @Test
    void tiedTensorsMayBeGivenWithTheSameValues() throws IOException {
        Checkpoint archive = Checkpoint.open(fixture("torch/corners.pt"));
        float[] values = new float[24];
        float[] turned = new float[24];
        for (int i = 0; i < 24; i++) {
            values[i] = i;
            turned[i % 4 * 6 + i / 4] = i;
        }
        new TorchScriptWriter(archive, file)
                .write(List.of(
                        floats("base", Shape.of(6, 4), values),
                        floats("transposed", Shape.of(4, 6), turned),
                        floats("tied", Shape.of(6, 4), values)));
        Checkpoint copy = Checkpoint.open(file);
        assertArrayEquals(values, values(copy, "base"));
        assertArrayEquals(turned, values(copy, "transposed"));
    }

    @Test
    void valuesThatTiedTensorsCannotHaveTogetherAreRefused() {
        Checkpoint archive = Checkpoint.open(fixture("torch/corners.pt"));
        assertRefused(
                archive,
                "tensor 'base' shares elements of 'corners/data/0' with another tensor, or with itself, and the values given"
                        + " for them differ; give tied tensors the same values",
                floats("base", Shape.of(6, 4), new float[24]),
                floats("row_view", 1, 2, 3, 4));
    }

    @Test
    void everyWidthIsWrittenInTheOrderOfItsBytes() throws IOException {
        Checkpoint archive = Checkpoint.open(fixture("torch/more.pt"));
        List<OutputTensor> own = archive.tensors().values().stream()
                .map(entry -> new OutputTensor(entry.name(), entry.dtype(), entry.shape(), entry::data))
                .toList();
        new TorchScriptWriter(archive, file).write(own);
        assertEquals(-1, Files.mismatch(fixture("torch/more.pt"), file));
    }

    /** The archives of other writers have their checksums in the local headers, and their data anywhere. */
    @Test
    void theArchiveOfAnotherWriterIsWrittenAsPyTorchDoes() throws IOException {
        Checkpoint archive =
                new TorchFiles(temporary).open(TorchFiles.zipWithFour(Map.of("weight", Pickle.floats("0", 4))));
        new TorchScriptWriter(archive, file).write(List.of(floats("weight", 5, 6, 7, 8)));
        assertArrayEquals(new float[] {5, 6, 7, 8}, values(Checkpoint.open(file), "weight"));
        PytorchWriterTest.assertSound(file);
    }

    @Test
    void membersAreChangedAddedAndDropped() throws IOException {
        Path source = fixture("m43/scripted.pt");
        ArchiveEdit edit = new ArchiveEdit(
                Map.of("byteorder", "little".getBytes(US_ASCII), "extra/note", "later".getBytes(US_ASCII)),
                Map.of("data/4", floats("new", 1, 2)),
                Set.of(".data/serialization_id"));
        new TorchScriptWriter(Checkpoint.open(source), file).write(List.of(floats("decoder.bias", 7, 8)), edit);
        try (ZipFile copy = new ZipFile(file.toFile())) {
            List<String> names = copy.stream()
                    .map(ZipEntry::getName)
                    .map(name -> name.substring("scripted/".length()))
                    .toList();
            assertEquals(List.of("version", "byteorder", "extra/note", "data/4"), names.subList(12, 16));
            assertEquals(
                    "later",
                    new String(
                            copy.getInputStream(copy.getEntry("scripted/extra/note"))
                                    .readAllBytes(),
                            US_ASCII));
            assertEquals(8, copy.getEntry("scripted/data/4").getSize());
        }
        PytorchWriterTest.assertSound(file);
        assertArrayEquals(new float[] {7, 8}, values(Checkpoint.open(file), "decoder.bias"));
    }

    @Test
    void refusesWhatCannotTakeThePlace() throws IOException {
        Checkpoint archive = Checkpoint.open(fixture("m43/scripted.pt"));
        String help = "; the program in the archive was made for the one; only values can be replaced";
        assertRefused(
                archive,
                "the archive has no tensor 'head.bias'; give tensors by the names that they have in the archive",
                floats("head.bias", 1));
        assertRefused(
                archive,
                "tensor 'decoder.bias' is F32 [2] in the archive, and F32 [3] cannot take its place" + help,
                floats("decoder.bias", 1, 2, 3));
        assertRefused(
                archive,
                "tensor 'decoder.bias' is F32 [2] in the archive, and I32 [2] cannot take its place" + help,
                new OutputTensor("decoder.bias", DType.I32, Shape.of(2), () -> TensorData.of(floatBytes(1, 2))));
        String foreign = "does not lie in a storage of PyTorch; give a TorchScript archive, or a file of torch.save";
        assertRefused(
                Checkpoint.open(fixture("m43/init.safetensors")),
                "tensor 'decoder.bias' " + foreign,
                floats("decoder.bias", 1, 2));
        assertRefused(
                Checkpoint.open(Fixtures.path("numpy/arrays.npz")),
                "tensor 'encoder/weight' " + foreign,
                floats("encoder/weight", Shape.of(3, 4), new float[12]));
        assertFalse(Files.exists(file));
    }

    private void assertRefused(Checkpoint archive, String message, OutputTensor... tensors) {
        CheckpointException refused = assertThrows(
                CheckpointException.class, () -> new TorchScriptWriter(archive, file).write(List.of(tensors)));
        assertEquals(archive.path() + ": " + message, refused.getMessage());
        assertEquals(Reason.UNSUPPORTED, refused.reason());
    }

    private static void assertSameMembersBut(Set<String> changed, Path source, Path copy) throws IOException {
        byte[] before = Files.readAllBytes(source);
        byte[] after = Files.readAllBytes(copy);
        ZipArchive archive = ZipArchive.read(CheckpointFile.of(source), ShardKind.PYTORCH.advice());
        try (ZipFile one = new ZipFile(source.toFile());
                ZipFile other = new ZipFile(copy.toFile())) {
            for (ZipEntry entry : one.stream().toList()) {
                boolean same = Arrays.equals(
                        one.getInputStream(entry).readAllBytes(),
                        other.getInputStream(other.getEntry(entry.getName())).readAllBytes());
                assertEquals(!changed.contains(entry.getName()), same, entry.getName());
            }
        }
        assertEquals(before.length, after.length);
        assertEquals(
                archive.members().keySet(),
                ZipArchive.read(CheckpointFile.of(copy), ShardKind.PYTORCH.advice())
                        .members()
                        .keySet());
    }

    private static float[] values(Checkpoint checkpoint, String name) throws IOException {
        TensorEntry entry = checkpoint.tensors().get(name);
        float[] values = new float[(int) entry.shape().elementCount()];
        TorchFiles.bytes(entry).asFloatBuffer().get(values);
        return values;
    }

    private static OutputTensor floats(String name, float... values) {
        return floats(name, Shape.of(values.length), values);
    }

    private static OutputTensor floats(String name, Shape shape, float... values) {
        return new OutputTensor(name, DType.F32, shape, () -> TensorData.of(floatBytes(values)));
    }

    private static ByteBuffer floatBytes(float... values) {
        return ByteBuffer.wrap(TorchFiles.floats(values)).order(ByteOrder.LITTLE_ENDIAN);
    }
}
