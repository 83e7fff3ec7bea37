package io.graft.checkpoint.pytorch;

import static io.graft.checkpoint.pytorch.Pickle.floats;
import static io.graft.checkpoint.pytorch.Pickle.storage;
import static io.graft.checkpoint.pytorch.Pickle.tensor;
import static io.graft.checkpoint.pytorch.TorchFiles.fixture;
import static io.graft.checkpoint.pytorch.TorchFiles.open;
import static io.graft.checkpoint.pytorch.TorchFiles.safetensors;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.pytorch.TorchFiles.Expected;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tensors come out as PyTorch saved them: dtype, shape and bytes. */
class TensorsTest {
    @TempDir
    Path folder;

    @Test
    void theOpenerFindsTheFormatByContent() throws IOException {
        Path upperCase = Files.copy(fixture("torch/corners.pt"), folder.resolve("X.CKPT"));
        Checkpoint checkpoint = Checkpoint.open(upperCase);
        assertEquals("pytorch", checkpoint.format());
        assertEquals(upperCase.toRealPath(), checkpoint.path());
    }

    @ParameterizedTest
    @CsvSource({
        "torch/corners.pt, torch/corners-expected.safetensors",
        "torch/corners-legacy.pt, torch/corners-expected.safetensors",
        "torch/more.pt, torch/more-expected.safetensors",
        "torch/module.pt, torch/module-expected.safetensors",
        "torch/wrapped.pt, torch/wrapped-expected.safetensors",
        "torch/lightning-parameters.ckpt, torch/lightning-parameters-expected.safetensors",
        "torchscript/scripted.pt, torchscript/scripted-expected.safetensors",
        "torchscript/traced.pt, torchscript/traced-expected.safetensors",
        "torchscript/frozen.pt, torchscript/frozen-expected.safetensors",
        "torchscript/frozen-steps.pt, torchscript/frozen-steps-expected.safetensors",
        "torchscript/types.pt, torchscript/types-expected.safetensors"
    })
    void everyTensorEqualsWhatSafetensorsSaved(String file, String expected) throws IOException {
        assertEqual(safetensors(fixture(expected)), open(fixture(file)).tensors());
    }

    @Test
    void aLightningCheckpointHoldsEveryTensorUnderItsPrefix() throws IOException {
        Map<String, TensorEntry> tensors = new LinkedHashMap<>();
        open(fixture("epd/pretrained.ckpt"))
                .tensors()
                .forEach((name, entry) -> tensors.put(name.substring("model.model.".length()), entry));
        assertEqual(safetensors(fixture("epd/pretrained-expected.safetensors")), tensors);
    }

    @Test
    void initialWeightsEqualTheirSafetensorsFile() throws IOException {
        assertEqual(
                safetensors(fixture("m43/init.safetensors")),
                open(fixture("m43/init.pt")).tensors());
    }

    @ParameterizedTest
    @CsvSource({"full7.pt, ''", "full7-model_state_dict.pth, ''", "full7-lightning.ckpt, model.model."})
    void theSameWeightsComeOutOfEveryContainer(String file, String prefix) throws IOException {
        Checkpoint checkpoint = open(fixture("m43/" + file));
        assertEquals(
                List.of("encoder.weight", "encoder.bias", "decoder.weight", "decoder.bias").stream()
                        .map(prefix::concat)
                        .toList(),
                List.copyOf(checkpoint.tensors().keySet()));
        for (TensorEntry entry : checkpoint.tensors().values()) {
            ByteBuffer bytes = TorchFiles.bytes(entry);
            while (bytes.hasRemaining()) {
                assertEquals(7f, bytes.getFloat());
            }
        }
    }

    @Test
    void aHuggingFaceFileOfOldNamesIsRead() {
        Map<String, TensorEntry> tensors =
                open(fixture("bert/pytorch_model-legacy-names.bin")).tensors();
        assertEquals(40, tensors.size());
        TensorEntry gamma = tensors.get("bert.embeddings.LayerNorm.gamma");
        assertEquals(Shape.of(32), gamma.shape());
        assertEquals(DType.F32, gamma.dtype());
        assertEquals(DType.I64, tensors.get("bert.embeddings.position_ids").dtype());
    }

    @Test
    void tiedTensorsHaveOneRangeAndViewsAnother() {
        Map<String, TensorEntry> tensors = open(fixture("torch/corners.pt")).tensors();
        TensorEntry base = tensors.get("base");
        assertEquals(base.range(), tensors.get("tied").range());
        assertEquals(base.data(), tensors.get("tied").data());
        assertEquals(base.range().offset() + 32, tensors.get("row_view").range().offset());
        assertEquals(16, tensors.get("row_view").range().length());
        // A transposed view covers the same bytes; its data differ.
        assertEquals(base.range(), tensors.get("transposed").range());
        assertNotEquals(base.data(), tensors.get("transposed").data());
    }

    @Test
    void aSquareMatrixIsNotTiedToItsTransposedView() {
        Pickle.Storage four = storage("FloatStorage", "0", 4);
        Map<String, TensorEntry> tensors = new TorchFiles(folder)
                .open(TorchFiles.zipWithFour(Map.of(
                        "a", tensor(four, 0, List.of(2L, 2L), List.of(2L, 1L)),
                        "tied", tensor(four, 0, List.of(2L, 2L), List.of(2L, 1L)),
                        "transposed", tensor(four, 0, List.of(2L, 2L), List.of(1L, 2L)),
                        "also transposed", tensor(four, 0, List.of(2L, 2L), List.of(1L, 2L)))))
                .tensors();
        assertTrue(tensors.get("a").isTiedTo(tensors.get("tied")));
        assertFalse(tensors.get("a").isTiedTo(tensors.get("transposed")));
        assertTrue(tensors.get("transposed").isTiedTo(tensors.get("also transposed")));
    }

    @Test
    void anyWindowOfAStridedTensorIsAPartOfTheWhole() throws IOException {
        for (String name : List.of("float64.permuted", "complex64.transposed", "overlapping", "base", "row_view")) {
            TensorEntry entry = name.indexOf('.') > 0 || name.equals("overlapping")
                    ? open(fixture("torch/more.pt")).tensors().get(name)
                    : open(fixture("torch/corners.pt")).tensors().get(name);
            ByteBuffer whole = TorchFiles.bytes(entry);
            for (int from = 0; from <= whole.limit(); from += 3) {
                for (int length = 0; length <= whole.limit() - from; length += 5) {
                    ByteBuffer window = entry.data().window(from, length);
                    assertEquals(whole.slice(from, length), window);
                    assertEquals(ByteOrder.LITTLE_ENDIAN, window.order());
                    assertTrue(window.isReadOnly());
                }
            }
            int end = whole.limit();
            assertThrows(IndexOutOfBoundsException.class, () -> entry.data().window(end - 1, 2));
        }
    }

    @Test
    void aLargeTransposedTensorIsTransferredInParts() throws IOException {
        int rows = 700;
        int columns = 900;
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        TensorEntry entry = new TorchFiles(folder)
                .open(TorchFiles.zip(Map.of(
                                "a",
                                tensor(
                                        storage("FloatStorage", "0", values.length),
                                        0,
                                        List.of((long) columns, (long) rows),
                                        List.of(1L, (long) columns))))
                        .stored("archive/data/0", TorchFiles.floats(values)))
                .tensors()
                .get("a");
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        entry.data().transferTo(Channels.newChannel(target));
        ByteBuffer transposed = ByteBuffer.wrap(target.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(values.length * 4, transposed.limit());
        for (int c = 0; c < columns; c++) {
            for (int r = 0; r < rows; r++) {
                assertEquals(values[r * columns + c], transposed.getFloat());
            }
        }
        assertEquals(ByteBuffer.wrap(target.toByteArray()), TorchFiles.bytes(entry));
    }

    @Test
    void bigEndianStoragesAreTurned() throws IOException {
        Map<String, Object> root = new HashMap<>();
        root.put("f", tensor(storage("FloatStorage", "0", 2), 0, List.of(2L), List.of(1L)));
        root.put("c", tensor(storage("ComplexFloatStorage", "1", 1), 0, List.of(1L), List.of(1L)));
        root.put("h", tensor(storage("ShortStorage", "2", 2), 0, List.of(2L), List.of(1L)));
        root.put("b", tensor(storage("ByteStorage", "3", 2), 0, List.of(2L), List.of(1L)));
        Map<String, TensorEntry> tensors = new TorchFiles(folder)
                .open(TorchFiles.zip(root)
                        .stored("archive/byteorder", "big")
                        .stored("archive/data/0", new byte[] {1, 2, 3, 4, 5, 6, 7, 8})
                        .stored("archive/data/1", new byte[] {1, 2, 3, 4, 5, 6, 7, 8})
                        .stored("archive/data/2", new byte[] {1, 2, 3, 4})
                        .stored("archive/data/3", new byte[] {1, 2}))
                .tensors();
        assertArrayEquals(new byte[] {4, 3, 2, 1, 8, 7, 6, 5}, array(tensors.get("f")));
        assertArrayEquals(new byte[] {4, 3, 2, 1, 8, 7, 6, 5}, array(tensors.get("c")));
        assertArrayEquals(new byte[] {2, 1, 4, 3}, array(tensors.get("h")));
        assertArrayEquals(new byte[] {1, 2}, array(tensors.get("b")));
    }

    @Test
    void aZip64ArchiveIsRead() throws IOException {
        Path file = new TorchFiles(folder)
                .write(TorchFiles.zipWithFour(Map.of("a", floats("0", 4))).buildZip64());
        assertArrayEquals(
                TorchFiles.floats(1, 2, 3, 4), array(open(file).tensors().get("a")));
    }

    @Test
    void aDeflatedPickleIsInflated() throws IOException {
        Checkpoint checkpoint = new TorchFiles(folder)
                .open(new Zip()
                        .deflated("archive/data.pkl", Pickle.of(Map.of("a", floats("0", 4))))
                        .deflated("archive/byteorder", "little".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                        .stored("archive/data/0", TorchFiles.floats(1, 2, 3, 4)));
        assertArrayEquals(
                TorchFiles.floats(1, 2, 3, 4), array(checkpoint.tensors().get("a")));
    }

    @Test
    void storagesOfTensorsThatAreNotWantedAreNeverLookedAt() throws IOException {
        Checkpoint checkpoint = new TorchFiles(folder)
                .open(TorchFiles.zipWithFour(Map.of(
                        "state_dict",
                        Map.of("a", floats("0", 4)),
                        "optimizer_states",
                        List.of(Map.of("exp_avg", floats("missing", 1L << 50))))));
        assertEquals(List.of("a"), List.copyOf(checkpoint.tensors().keySet()));
    }

    @Test
    void dataOfAFileThatChangedAreNotRead() throws IOException {
        Zip zip = TorchFiles.zipWithFour(Map.of("a", floats("0", 4)));
        Path file = new TorchFiles(folder).write(zip.build());
        TensorEntry entry = open(file).tensors().get("a");
        Files.write(file, new byte[] {1});
        CheckpointException changed =
                assertThrows(CheckpointException.class, () -> entry.data().window(0, 16));
        assertEquals(CheckpointException.Reason.UNREADABLE, changed.reason());
    }

    private static byte[] array(TensorEntry entry) throws IOException {
        ByteBuffer bytes = TorchFiles.bytes(entry);
        byte[] array = new byte[bytes.remaining()];
        bytes.get(array);
        return array;
    }

    private static void assertEqual(Map<String, Expected> expected, Map<String, TensorEntry> actual)
            throws IOException {
        assertEquals(expected.keySet(), actual.keySet());
        for (Map.Entry<String, TensorEntry> named : actual.entrySet()) {
            TensorEntry entry = named.getValue();
            Expected other = expected.get(named.getKey());
            assertEquals(other.dtype(), entry.dtype().name(), entry.name());
            assertEquals(new Shape(other.shape()), entry.shape(), entry.name());
            assertEquals(other.bytes(), TorchFiles.bytes(entry), entry.name());
            ByteArrayOutputStream transferred = new ByteArrayOutputStream();
            entry.data().transferTo(Channels.newChannel(transferred));
            assertEquals(other.bytes(), ByteBuffer.wrap(transferred.toByteArray()), entry.name());
        }
    }
}
