package io.graft.apply.features;

import io.graft.NamedTensor;
import io.graft.problem.Counts;
import io.graft.problem.ProblemCode;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Tensors with as many rows each, some rows at a time. */
final class Batches {
    private final List<NamedTensor> tensors;
    private final long rows;

    /**
     * @param kept has as many rows, and is not part of a batch
     * @throws FeatureException if they have no rows, or not as many each
     */
    Batches(List<NamedTensor> tensors, List<NamedTensor> kept) {
        this.tensors = tensors;
        if (tensors.isEmpty()) {
            throw refused("there are no inputs", "give the tensors that the model takes");
        }
        this.rows = rows(tensors.get(0));
        if (rows == 0) {
            throw refused("the inputs have no rows", "give one row or more");
        }
        List<NamedTensor> all = new ArrayList<>(tensors);
        all.addAll(kept);
        for (NamedTensor tensor : all) {
            if (rows(tensor) != rows) {
                throw refused(
                        "`" + tensor.name() + "` has " + Counts.of(rows(tensor), "row") + " and `"
                                + tensors.get(0).name() + "` has " + rows,
                        "give as many of each");
            }
        }
    }

    private static long rows(NamedTensor tensor) {
        if (tensor.shape().rank() == 0) {
            throw refused(
                    "`" + tensor.name() + "` is one number, without rows",
                    "give a tensor whose first axis is the batch");
        }
        return tensor.shape().dimension(0);
    }

    long rows() {
        return rows;
    }

    /** Rows from one on, and before another. */
    List<NamedTensor> rows(long from, long to) throws IOException {
        List<NamedTensor> batch = new ArrayList<>();
        for (NamedTensor tensor : tensors) {
            long row = tensor.data().byteCount() / rows;
            long length = row * (to - from);
            if (length > Integer.MAX_VALUE) {
                throw refused(
                        Counts.of(to - from, "row") + " of `" + tensor.name() + "` take " + Counts.of(length, "byte"),
                        "take fewer at a time, with a smaller batch size");
            }
            TensorData part = TensorData.of(tensor.data().window(from * row, (int) length));
            batch.add(new NamedTensor(tensor.name(), tensor.dtype(), withRows(tensor.shape(), to - from), part));
        }
        return batch;
    }

    static Shape withRows(Shape shape, long rows) {
        List<Long> dimensions = new ArrayList<>(shape.dimensions());
        dimensions.set(0, rows);
        return new Shape(dimensions);
    }

    private static FeatureException refused(String detail, String help) {
        return new FeatureException(ProblemCode.MALFORMED_VALUE, detail, help);
    }
}
