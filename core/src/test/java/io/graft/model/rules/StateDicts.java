package io.graft.model.rules;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.StoredTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** State dicts for rules, in memory and in files. */
final class StateDicts {
    private StateDicts() {}

    /** A tensor in memory. */
    record Held(String name, DType dtype, Shape shape, ByteBuffer bytes) implements LazyTensor {
        @Override
        public List<LazyTensor> inputs() {
            return List.of();
        }

        @Override
        public Provenance provenance() {
            return new Provenance.Stored("a.safetensors", name);
        }

        @Override
        public TensorData materialize() {
            return TensorData.of(bytes.duplicate());
        }
    }

    /** Numbers from a first one on. */
    static LazyTensor counted(String name, int first, long... shape) {
        Shape of = Shape.of(shape);
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.toIntExact(4 * of.elementCount())).order(ByteOrder.LITTLE_ENDIAN);
        for (int each = 0; each < of.elementCount(); each++) {
            bytes.putInt(first + each);
        }
        return new Held(name, DType.I32, of, bytes.rewind());
    }

    static Map<String, LazyTensor> of(LazyTensor... tensors) {
        Map<String, LazyTensor> all = new LinkedHashMap<>();
        for (LazyTensor tensor : tensors) {
            all.put(((Held) tensor).name(), tensor);
        }
        return all;
    }

    /** Names alone. */
    static Map<String, LazyTensor> named(String... names) {
        Map<String, LazyTensor> all = new LinkedHashMap<>();
        for (String name : names) {
            all.put(name, counted(name, 0, 1));
        }
        return all;
    }

    /** A file of the fixtures beside this class. */
    static Map<String, LazyTensor> read(String file) {
        Path path = Path.of("src/test/resources/io/graft/model/rules", file);
        Map<String, LazyTensor> all = new LinkedHashMap<>();
        Checkpoint.open(path).tensors().forEach((key, entry) -> all.put(key, StoredTensor.of(entry, file)));
        return all;
    }

    static Map<String, LazyTensor> of(RuledTensors ruled) {
        Map<String, LazyTensor> all = new LinkedHashMap<>();
        for (RuledTensor tensor : ruled.tensors()) {
            if (all.put(tensor.name(), tensor.value()) != null) {
                throw new IllegalStateException("two are named " + tensor.name());
            }
        }
        return all;
    }

    static List<Integer> numbers(LazyTensor tensor) throws IOException {
        ByteBuffer bytes = bytes(tensor);
        List<Integer> numbers = new ArrayList<>();
        while (bytes.hasRemaining()) {
            numbers.add(bytes.getInt());
        }
        return numbers;
    }

    static ByteBuffer bytes(LazyTensor tensor) throws IOException {
        TensorData data = tensor.materialize();
        return data.window(0, Math.toIntExact(data.byteCount()));
    }

    /** What of each tensor can be compared: dtype, shape and bits. */
    static Map<String, String> bits(Map<String, LazyTensor> tensors) throws IOException {
        Map<String, String> bits = new LinkedHashMap<>();
        for (Map.Entry<String, LazyTensor> each : tensors.entrySet()) {
            LazyTensor tensor = each.getValue();
            ByteBuffer bytes = bytes(tensor);
            StringBuilder text = new StringBuilder(tensor.dtype() + " " + tensor.shape());
            while (bytes.hasRemaining()) {
                text.append(' ').append(bytes.get());
            }
            bits.put(each.getKey(), text.toString());
        }
        return bits;
    }
}
