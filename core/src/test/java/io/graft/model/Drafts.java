package io.graft.model;

import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.training.TensorKind;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Small drafts for tests. */
final class Drafts {
    private Drafts() {}

    /** A draft without declared modules whose tensors are scalars. */
    static ModelDraft of(String... names) {
        return new ModelDraft(
                List.of(), Arrays.stream(names).map(Drafts::parameter).toList());
    }

    static DraftTensor parameter(String name) {
        return DraftTensor.initial(name, Set.of(), TensorKind.PARAMETER, true, stored(name, DType.F32));
    }

    static DraftTensor buffer(String name) {
        return DraftTensor.initial(name, Set.of(), TensorKind.BUFFER, false, stored(name, DType.F32));
    }

    /** A lazy tensor of its own storage. */
    static LazyTensor stored(String name, DType dtype, long... shape) {
        return stored(name, new ByteRange(Path.of(name), 0, 4), dtype, shape);
    }

    static LazyTensor stored(String name, ByteRange range, DType dtype, long... shape) {
        Shape dimensions = Shape.of(shape);
        TensorData data = TensorData.of(ByteBuffer.allocate((int) dtype.byteCount(dimensions)));
        return StoredTensor.of(new TensorEntry(name, dtype, dimensions, range, data), "file");
    }
}
