package io.graft.modifiers.quantization.layout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A fixture of a quantized checkpoint, to be changed before it is opened. */
final class QuantizedModel {
    private final Map<String, OutputTensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private String config;

    static Path folder(String layout) {
        try {
            return Path.of(QuantizedModel.class
                    .getResource("/fixtures/quantized/" + layout)
                    .toURI());
        } catch (URISyntaxException unlikely) {
            throw new AssertionError(unlikely);
        }
    }

    static QuantizedModel empty() {
        return new QuantizedModel();
    }

    static QuantizedModel of(String layout) throws IOException {
        QuantizedModel model = new QuantizedModel();
        Checkpoint.open(folder(layout))
                .stored()
                .values()
                .forEach(entry -> model.tensors.put(
                        entry.name(), new OutputTensor(entry.name(), entry.dtype(), entry.shape(), entry::data)));
        Path config = folder(layout).resolve("config.json");
        model.config = Files.exists(config) ? Files.readString(config) : null;
        return model;
    }

    QuantizedModel drop(String name) {
        assertEquals(true, tensors.remove(name) != null, name);
        return this;
    }

    QuantizedModel rename(String from, String to) {
        OutputTensor tensor = tensors.remove(from);
        tensors.put(to, new OutputTensor(to, tensor.dtype(), tensor.shape(), tensor.data()));
        return this;
    }

    QuantizedModel reshape(String name, long... shape) {
        OutputTensor tensor = tensors.get(name);
        tensors.put(name, new OutputTensor(name, tensor.dtype(), Shape.of(shape), tensor.data()));
        return this;
    }

    QuantizedModel put(String name, DType dtype, Shape shape, byte... bytes) {
        tensors.put(name, new OutputTensor(name, dtype, shape, () -> TensorData.of(ByteBuffer.wrap(bytes))));
        return this;
    }

    QuantizedModel put(String name, DType dtype, Shape shape, String hex) {
        return put(name, dtype, shape, HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    QuantizedModel fill(String name, int at, int value) throws IOException {
        OutputTensor tensor = tensors.get(name);
        TensorData data = tensor.data().materialize();
        byte[] bytes = new byte[(int) data.byteCount()];
        data.window(0, bytes.length).get(bytes);
        bytes[at] = (byte) value;
        return put(name, tensor.dtype(), tensor.shape(), bytes);
    }

    /** Other bytes that are a text. */
    QuantizedModel text(String name, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return put(name, DType.U8, Shape.of(bytes.length), bytes);
    }

    /** The lowest bit of the first byte of an element of 32 bits, turned over. */
    QuantizedModel flip(String name, int element, int bit) throws IOException {
        TensorData data = tensors.get(name).data().materialize();
        int at = element * Integer.BYTES;
        return fill(name, at, data.window(at, 1).get() ^ bit);
    }

    QuantizedModel metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    QuantizedModel config(String text) {
        config = text;
        return this;
    }

    QuantizedModel config(String from, String to) {
        assertEquals(true, config.contains(from), config);
        config = config.replace(from, to);
        return this;
    }

    /** Written anew, in as many shards as it takes. */
    Path write(Path folder, long maxShardSize) throws IOException {
        Files.createDirectories(folder);
        new SafetensorsWriter(folder, "model", maxShardSize, metadata).write(new ArrayList<>(tensors.values()));
        if (config != null) {
            Files.writeString(folder.resolve("config.json"), config);
        }
        return folder;
    }

    Checkpoint open(Path folder) throws IOException {
        return Checkpoint.open(write(folder, SafetensorsWriter.UNLIMITED));
    }

    /** Every tensor that the fixture expects has its dtype, shape and bytes, and no other is quantized. */
    static void assertSame(String layout, Checkpoint checkpoint) throws IOException {
        Checkpoint expected = Checkpoint.open(folder(layout).resolve("expected.safetensors"));
        assertEquals(
                names(expected),
                checkpoint.tensors().values().stream()
                        .filter(entry -> entry.encoding().isPresent())
                        .map(TensorEntry::name)
                        .sorted()
                        .toList());
        for (TensorEntry entry : expected.tensors().values()) {
            TensorEntry found = checkpoint.tensors().get(entry.name());
            assertEquals(entry.dtype(), found.dtype(), entry.name());
            assertEquals(entry.shape(), found.shape(), entry.name());
            assertArrayEquals(bytes(entry), bytes(found), entry.name());
        }
    }

    /** The values of a tensor cannot be had, for a reason that is told. */
    static void assertRefused(String message, Checkpoint checkpoint, String name) {
        CheckpointException refused = assertThrows(
                CheckpointException.class,
                () -> checkpoint.tensors().get(name).data().window(0, 1));
        assertEquals(checkpoint.path() + ": `" + name + "` " + message, refused.getMessage());
    }

    static byte[] bytes(TensorEntry entry) throws IOException {
        byte[] bytes = new byte[(int) entry.data().byteCount()];
        entry.data().window(0, bytes.length).get(bytes);
        return bytes;
    }

    static String hex(TensorEntry entry) throws IOException {
        return HexFormat.of().formatHex(bytes(entry));
    }

    static List<String> names(Checkpoint checkpoint) {
        return checkpoint.tensors().keySet().stream().sorted().toList();
    }
}
