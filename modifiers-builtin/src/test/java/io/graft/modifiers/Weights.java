package io.graft.modifiers;

import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.DType;
import io.graft.checkpoint.DTypeConversion;
import io.graft.checkpoint.Shape;
import io.graft.checkpoint.TensorData;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.safetensors.OutputTensor;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.model.DraftTensor;
import io.graft.model.LazyTensor;
import io.graft.model.ModelDraft;
import io.graft.model.TensorKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Small state dicts for tests: as a draft, or as a real file. */
public final class Weights {
    private static final Pattern BUFFER = Pattern.compile(".*(running_mean|running_var|num_batches_tracked|latlons)");

    private final Map<String, LazyTensor> tensors = new LinkedHashMap<>();
    private final Map<String, Set<String>> aliases = new LinkedHashMap<>();

    /** A file of the tests' resources. */
    public static Path fixture(String name) {
        try {
            return Path.of(Weights.class.getResource(name).toURI());
        } catch (URISyntaxException malformed) {
            throw new IllegalArgumentException(name, malformed);
        }
    }

    /** The model of a checkpoint file. */
    public static ModelDraft draft(Path checkpoint) {
        Weights weights = new Weights();
        Checkpoint.open(checkpoint)
                .tensors()
                .values()
                .forEach(entry -> weights.tensors.put(entry.name(), LazyTensor.of(entry, "model")));
        return weights.draft();
    }

    /** A float tensor with the values given, or all elements the one value. */
    public Weights with(String name, Shape shape, double... values) {
        return with(name, DType.F32, shape, values);
    }

    public Weights with(String name, DType dtype, Shape shape, double... values) {
        int count = Math.toIntExact(shape.elementCount());
        ByteBuffer doubles = ByteBuffer.allocate(8 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int index = 0; index < count; index++) {
            doubles.putDouble(values[values.length == 1 ? 0 : index]);
        }
        TensorData data = new DTypeConversion(TensorData.of(doubles.flip()), DType.F64, dtype);
        ByteRange range = new ByteRange(Path.of(name), 0, data.byteCount());
        tensors.put(name, LazyTensor.of(new TensorEntry(name, dtype, shape, range, data), "model"));
        return this;
    }

    /** Linear layer {@code out x in}, weight and bias all the one value. */
    public Weights linear(String path, long in, long out, double value) {
        return with(path + ".weight", Shape.of(out, in), value).with(path + ".bias", Shape.of(out), value);
    }

    /** Weight and bias of a norm over {@code size}, all the one value. */
    public Weights norm(String path, long size, double value) {
        return with(path + ".weight", Shape.of(size), value).with(path + ".bias", Shape.of(size), value);
    }

    /** Another name for a tensor that is there. */
    public Weights tie(String name, String to) {
        tensors.put(name, tensors.get(to));
        return this;
    }

    /** Another spelling of a tensor's last segment. */
    public Weights alias(String name, String alias) {
        aliases.put(name, Set.of(alias));
        return this;
    }

    public ModelDraft draft() {
        List<DraftTensor> draft = new ArrayList<>();
        tensors.forEach((name, value) -> {
            TensorKind kind = BUFFER.matcher(name).matches() ? TensorKind.BUFFER : TensorKind.PARAMETER;
            draft.add(DraftTensor.initial(
                    name, aliases.getOrDefault(name, Set.of()), kind, kind == TensorKind.PARAMETER, value));
        });
        return new ModelDraft(List.of(), draft);
    }

    /** Writes {@code stem.safetensors}. */
    public Path save(Path folder, String stem) {
        List<OutputTensor> outputs = new ArrayList<>();
        tensors.forEach(
                (name, value) -> outputs.add(new OutputTensor(name, value.dtype(), value.shape(), value::materialize)));
        try {
            return new SafetensorsWriter(folder, stem, SafetensorsWriter.UNLIMITED, Map.of())
                    .write(outputs)
                    .get(0)
                    .path();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The names of a draft's trainable tensors. */
    public static List<String> trainable(ModelDraft model) {
        return model.tensors().stream()
                .filter(DraftTensor::trainable)
                .map(DraftTensor::name)
                .toList();
    }

    /** The values of a tensor as the draft would commit them. */
    public static List<Float> values(ModelDraft model, String name) {
        return values(model.find(name).orElseThrow().value());
    }

    /** The values of a tensor, converted to floats. */
    public static List<Float> values(LazyTensor tensor) {
        try {
            TensorData data = tensor.materialize();
            TensorData floats =
                    tensor.dtype() == DType.F32 ? data : new DTypeConversion(data, tensor.dtype(), DType.F32);
            ByteBuffer window = floats.window(0, (int) floats.byteCount());
            List<Float> values = new ArrayList<>();
            while (window.hasRemaining()) {
                values.add(window.getFloat());
            }
            return values;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** As many floats of one value. */
    public static List<Float> full(int count, double value) {
        Float[] values = new Float[count];
        Arrays.fill(values, (float) value);
        return List.of(values);
    }
}
