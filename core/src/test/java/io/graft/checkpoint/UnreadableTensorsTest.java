package io.graft.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.SourceCheckpoint;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.convert.CheckpointConverter;
import io.graft.convert.Conversion;
import io.graft.convert.ConversionException;
import io.graft.registry.PlugRegistry;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Section 3 of the field reports: one tensor that cannot be read is listed with the reason, and an error only when it is wanted. */
class UnreadableTensorsTest {
    private static final Path ODD = Fixtures.path("/fixtures/torch/odd-kinds.pt");

    @TempDir
    Path folder;

    @Test
    void eachKindIsListedWithWhatIsKnownOfIt() {
        Checkpoint checkpoint = Checkpoint.open(ODD);
        Map<String, String> listed = new LinkedHashMap<>();
        checkpoint.tensors().forEach((name, entry) -> listed.put(name, entry.dtype() + " " + entry.shape()));
        assertEquals(
                Map.of(
                        "weight", "F32 [2, 3]",
                        "sparse", "F32 [3, 3]",
                        "csr", "U8 [0]",
                        "per_tensor", "U8 [2, 3]",
                        "per_channel", "I8 [2, 3]",
                        "meta", "F32 [2, 3]",
                        "conj", "C64 [2]",
                        "nested", "U8 [0]",
                        "expanded", "F32 [1024, 1024]"),
                listed);
        assertEquals(
                List.of(
                        "only listed: `sparse`, `csr`: each is a sparse tensor, which Graft does not read; save the result of"
                                + " its to_dense() in Python",
                        "only listed: `per_tensor`, `per_channel`: each is a quantized tensor, which Graft does not read; save"
                                + " the result of its dequantize() in Python",
                        "only listed: `meta` is a tensor of the meta device, without data, which Graft does not read; save the"
                                + " model after its weights were loaded",
                        "only listed: `conj` is a lazy conj view, which Graft does not read; load it in Python and save it as a"
                                + " plain tensor",
                        "only listed: `nested` is a nested tensor, which Graft does not read; save the result of its"
                                + " to_padded_tensor() in Python"),
                checkpoint.warnings());
    }

    @Test
    void theOthersAreReadAndWhatIsWantedOfTheseIsAnError() throws IOException {
        Checkpoint checkpoint = Checkpoint.open(ODD);
        assertEquals(5f, checkpoint.tensors().get("weight").data().window(0, 24).getFloat(20));
        TensorEntry sparse = checkpoint.tensors().get("sparse");
        CheckpointException wanted =
                assertThrows(CheckpointException.class, () -> sparse.data().window(0, 4));
        assertEquals(
                ODD + ": `sparse` is a sparse tensor, which Graft does not read;"
                        + " save the result of its to_dense() in Python",
                wanted.getMessage());
        assertEquals(Reason.UNSUPPORTED, wanted.reason());
        assertEquals(
                RefusedTensor.of(sparse, checkpoint.path()), new SourceCheckpoint("odd.pt", checkpoint).tensor(sparse));
    }

    @Test
    void anExpandedTensorIsRead() throws IOException {
        TensorEntry expanded = Checkpoint.open(ODD).tensors().get("expanded");
        assertEquals(1024 * 1024 * 4, expanded.data().byteCount());
        assertEquals(1f, expanded.data().window(1024 * 1024 * 4 - 4, 4).getFloat(0));
        assertTrue(Files.size(ODD) < 20_000);
    }

    @Test
    void aConversionWantsAll() {
        ConversionException refused = assertThrows(
                ConversionException.class,
                () -> new CheckpointConverter(
                                Conversion.PLAIN,
                                PlugRegistry.discover(getClass().getClassLoader())
                                        .stateDictFormats())
                        .convert(Checkpoint.open(ODD), folder.resolve("out.safetensors")));
        assertEquals("`sparse`, `csr`: each is a sparse tensor, which Graft does not read", refused.detail());
        assertEquals("save the result of its to_dense() in Python", refused.help());
        assertTrue(Files.notExists(folder.resolve("out.safetensors")));
    }

    @Test
    void aPackedTypeOfSafetensorsDoesNotLoseTheFile() throws IOException {
        String header = "{\"a\":{\"dtype\":\"F4\",\"shape\":[8],\"data_offsets\":[0,4]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}";
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length() + 8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length());
        bytes.put(header.getBytes(StandardCharsets.US_ASCII)).putInt(0).putFloat(7);
        Path file = Files.write(folder.resolve("a.safetensors"), bytes.array());
        Checkpoint checkpoint = Checkpoint.open(file);
        assertEquals(DType.F4, checkpoint.tensors().get("a").dtype());
        assertEquals(Shape.of(8), checkpoint.tensors().get("a").shape());
        assertEquals(7f, checkpoint.tensors().get("b").data().window(0, 4).getFloat(0));
        assertEquals(
                List.of(
                        "only listed: `a` has dtype F4, whose elements do not fill whole bytes; save it with another dtype;"
                                + " Graft reads those of 8 bits and more"),
                checkpoint.warnings());
    }
}
