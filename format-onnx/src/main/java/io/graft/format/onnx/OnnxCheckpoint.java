package io.graft.format.onnx;

import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.UnreadableData;
import io.graft.checkpoint.layout.TensorSet.Refusal;
import io.graft.format.onnx.Initializer.Coding;
import io.graft.format.onnx.Initializer.Run;
import io.graft.format.onnx.WeightNames.Restored;
import io.graft.problem.FirstFew;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes a checkpoint of what a model's description tells. */
final class OnnxCheckpoint {
    private static final int HIGHEST_RANK = 64;

    private final CheckpointFile file;
    private final OnnxModel model;
    private final ExternalFiles external;

    OnnxCheckpoint(CheckpointFile file, OnnxModel model) {
        this.file = file;
        this.model = model;
        this.external = new ExternalFiles(file.path());
    }

    /**
     * @throws CheckpointException if the description contradicts itself or the file
     */
    Checkpoint checkpoint() throws IOException {
        Map<String, Restored> restored = WeightNames.of(model);
        Map<String, TensorEntry> tensors = new LinkedHashMap<>();
        for (Initializer initializer : model.initializers()) {
            TensorEntry stored = entry(initializer);
            TensorEntry entry = Optional.ofNullable(restored.get(initializer.name()))
                    .map(parameter -> parameter(stored, parameter))
                    .orElse(stored);
            if (tensors.put(entry.name(), entry) != null) {
                throw malformed("the graph holds " + shown(entry.name()) + " twice");
            }
        }
        return new Checkpoint(
                file.path(),
                OnnxFormat.ID,
                "graph",
                Collections.unmodifiableMap(tensors),
                Collections.unmodifiableMap(model.metadata()),
                warnings(restored));
    }

    private List<String> warnings(Map<String, Restored> restored) {
        List<String> warnings = new ArrayList<>();
        if (!restored.isEmpty()) {
            long transposed =
                    restored.values().stream().filter(Restored::transposed).count();
            warnings.add(restored.size()
                    + " weights of the graph have no name of their own and got that of their parameter, "
                    + transposed + " of them transposed: "
                    + FirstFew.of(
                            restored.entrySet().stream()
                                    .map(each -> "`" + each.getKey() + "` is `"
                                            + each.getValue().name() + "`")
                                    .toList(),
                            3));
        }
        if (!model.sparse().isEmpty()) {
            warnings.add("sparse tensors are left out: " + FirstFew.names(model.sparse()));
        }
        return warnings;
    }

    private static TensorEntry parameter(TensorEntry stored, Restored parameter) {
        if (!parameter.transposed()) {
            return stored.named(parameter.name());
        }
        long rows = stored.shape().dimension(1);
        long columns = stored.shape().dimension(0);
        int width = stored.dtype().bits() / Byte.SIZE;
        return new TensorEntry(
                parameter.name(),
                stored.dtype(),
                Shape.of(rows, columns),
                stored.range(),
                rows == 1 || columns == 1 ? stored.data() : new TransposedData(stored.data(), width, rows, columns));
    }

    private TensorEntry entry(Initializer initializer) throws IOException {
        String name = initializer.name();
        String flaw = TensorName.flaw(name);
        if (flaw != null) {
            throw malformed("the name of the tensor " + shown(name) + " " + flaw);
        }
        Optional<DType> dtype = OnnxType.of(initializer.type()).flatMap(OnnxType::dtype);
        if (dtype.isEmpty()) {
            return unread(initializer);
        }
        Shape shape = shape(initializer);
        long length = length(initializer, dtype.get(), shape);
        if (!initializer.external().isEmpty()) {
            return external(initializer, dtype.get(), shape, length);
        }
        List<Run> runs = initializer.runs();
        boolean fixed = runs.stream().allMatch(run -> run.coding() == Coding.FIXED);
        long present = runs.stream().mapToLong(Run::length).sum();
        if (fixed && present != length) {
            throw malformed(shown(name) + " takes " + length + " bytes by its shape " + shape + ", and the file holds "
                    + present);
        }
        return new TensorEntry(name, dtype.get(), shape, range(runs, length), data(initializer, dtype.get(), length));
    }

    private TensorData data(Initializer initializer, DType dtype, long length) throws IOException {
        List<Run> runs = initializer.runs();
        if (runs.stream().anyMatch(run -> run.coding() != Coding.FIXED)) {
            return new VarintData(file, initializer.name(), runs, dtype.bits() / Byte.SIZE, length);
        }
        if (runs.size() == 1) {
            return file.data(runs.get(0).offset(), length);
        }
        return new ScatteredData(file, runs, length);
    }

    private ByteRange range(List<Run> runs, long length) {
        return new ByteRange(file.path(), runs.isEmpty() ? 0 : runs.get(0).offset(), length);
    }

    private TensorEntry external(Initializer initializer, DType dtype, Shape shape, long length) throws IOException {
        Map<String, String> place = initializer.external();
        String name = initializer.name();
        CheckpointFile data = external.at(place.getOrDefault("location", ""));
        long offset = number(name, place, "offset", 0);
        long given = number(name, place, "length", length);
        if (given != length) {
            throw malformed(shown(name) + " takes " + length + " bytes by its shape " + shape + ", and its file holds "
                    + given);
        }
        if (offset > data.size() - length) {
            throw malformed(shown(name) + " takes " + length + " bytes from byte " + offset + " of `"
                    + data.path().getFileName() + "`, which has " + data.size());
        }
        return new TensorEntry(
                name, dtype, shape, new ByteRange(data.path(), offset, length), data.data(offset, length));
    }

    private long number(String name, Map<String, String> place, String key, long ifAbsent) {
        String text = place.get(key);
        if (text == null) {
            return ifAbsent;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException none) {
            // told below, as a negative one is
        }
        throw malformed(shown(name) + " has the " + key + " '" + TensorName.printable(text)
                + "' in its file, which is no number of bytes");
    }

    private TensorEntry unread(Initializer initializer) {
        String type = OnnxType.of(initializer.type()).map(OnnxType::name).orElse("number " + initializer.type());
        long bytes = initializer.runs().stream().mapToLong(Run::length).sum();
        return new TensorEntry(
                initializer.name(),
                DType.U8,
                Shape.of(bytes),
                range(initializer.runs(), bytes),
                new UnreadableData(
                        file.path(),
                        initializer.name(),
                        new Refusal(
                                "is of the element type " + type + ", which Graft does not read",
                                "export the model in floating point"),
                        bytes));
    }

    private Shape shape(Initializer initializer) {
        List<Long> dimensions = initializer.dimensions();
        if (dimensions.size() > HIGHEST_RANK || dimensions.stream().anyMatch(size -> size < 0 || size > 1L << 48)) {
            throw malformed(shown(initializer.name()) + " has a shape of no tensor: more than " + HIGHEST_RANK
                    + " dimensions, or one below 0 or above 2^48");
        }
        return new Shape(dimensions);
    }

    private long length(Initializer initializer, DType dtype, Shape shape) {
        try {
            return dtype.byteCount(shape);
        } catch (ArithmeticException tooLarge) {
            throw malformed(shown(initializer.name()) + " has the shape " + shape + ", more than can be addressed");
        }
    }

    private CheckpointException malformed(String detail) {
        return new CheckpointException(Reason.MALFORMED, file.path(), detail, ModelReader.RESAVE);
    }

    private static String shown(String name) {
        return "'" + TensorName.printable(name) + "'";
    }
}
