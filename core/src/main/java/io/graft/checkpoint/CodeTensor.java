package io.graft.checkpoint;

import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Codes or scales of a layout. A code for no number is found when they are read as numbers; as bytes they are copied as they are.
 *
 * @param stored where they lie
 * @param name of the stored tensor
 * @param checkpoint the file that messages name
 * @param codes of whole numbers, how many stand for something, from 0 on
 */
record CodeTensor(LazyTensor stored, String name, Path checkpoint, long codes) implements LazyTensor {
    /** Every whole number is one. */
    static final long ALL = Long.MAX_VALUE;

    @Override
    public DType dtype() {
        return stored.dtype();
    }

    @Override
    public Shape shape() {
        return stored.shape();
    }

    @Override
    public List<LazyTensor> inputs() {
        return List.of();
    }

    @Override
    public Provenance provenance() {
        return stored.provenance();
    }

    @Override
    public Optional<Object> storage() {
        return stored.storage();
    }

    @Override
    public Optional<String> blockType() {
        return stored.blockType();
    }

    @Override
    public TensorData materialize() throws IOException {
        TensorData data = stored.materialize();
        if (!dtype().isFloatingPoint() && codes == ALL) {
            return data;
        }
        return data instanceof FileBacked file ? new InFile(this, file) : new Checked(this, data);
    }

    private TensorData.Elements elements(TensorData data, DType as, long first, int count, ByteBuffer room)
            throws IOException {
        TensorData.Elements elements = data.elements(as, first, count, room);
        long[] at = {first};
        return (block, next) -> {
            elements.next(block, next);
            if (dtype().isFloatingPoint()) {
                requireNumbers(block.floats(), at[0], next);
            } else {
                requireCodes(block.longs(), at[0], next);
            }
            at[0] += next;
        };
    }

    private void requireNumbers(float[] values, long first, int count) {
        boolean isFlawed = false;
        for (int i = 0; i < count; i++) {
            isFlawed |= !Float.isFinite(values[i]);
        }
        if (isFlawed) {
            int i = 0;
            while (Float.isFinite(values[i])) {
                i++;
            }
            throw refusal(String.valueOf(values[i]), first + i, "which no weight is computed from");
        }
    }

    private void requireCodes(long[] values, long first, int count) {
        for (int i = 0; i < count; i++) {
            if (values[i] < 0 || values[i] >= codes) {
                throw refusal("the code " + values[i], first + i, "which stands for no number");
            }
        }
    }

    private CheckpointException refusal(String held, long element, String why) {
        return new CheckpointException(
                Reason.MALFORMED,
                checkpoint,
                "`" + TensorName.printable(name) + "` holds " + held + " at " + shape().place(element) + ", " + why,
                "quantize the model again, or take another copy of the file");
    }

    /** Bytes as they are, looked at where they become numbers. */
    private interface Looked extends TensorData {
        CodeTensor tensor();

        TensorData data();

        @Override
        default long byteCount() {
            return data().byteCount();
        }

        @Override
        default ByteBuffer window(long offset, int length) throws IOException {
            return data().window(offset, length);
        }

        @Override
        default void read(long offset, ByteBuffer target) throws IOException {
            data().read(offset, target);
        }

        @Override
        default boolean isDivisible() {
            return data().isDivisible();
        }

        @Override
        default void transferTo(WritableByteChannel target) throws IOException {
            data().transferTo(target);
        }

        @Override
        default Elements elements(DType as, long first, int count, ByteBuffer room) throws IOException {
            return tensor().elements(data(), as, first, count, room);
        }
    }

    private record Checked(CodeTensor tensor, TensorData data) implements Looked {}

    private record InFile(CodeTensor tensor, FileBacked data) implements Looked, FileBacked {
        @Override
        public FileRegion region() throws IOException {
            return data.region();
        }
    }
}
