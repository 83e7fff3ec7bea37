package io.graft.modifiers.quantization.stored.packing;

import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.ElementBlock;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The columns of a matrix in another order, in 32 bits, row by row.
 *
 * @param order which column comes where
 */
// An array of as many numbers as a matrix has columns: nobody changes it.
@SuppressWarnings("ArrayRecordComponent")
public record OrderedColumns(LazyTensor matrix, int[] order) implements ComputedTensor {
    @Override
    public String operation() {
        return "columns in the order of groups";
    }

    @Override
    public DType dtype() {
        return DType.F32;
    }

    @Override
    public Shape shape() {
        return matrix.shape();
    }

    @Override
    public List<LazyTensor> inputs() {
        return List.of(matrix);
    }

    @Override
    public TensorData materialize() throws IOException {
        TensorData data = matrix.materialize();
        return TensorData.computed(
                data, dtype(), shape().elementCount(), (first, count, room) -> new Rows(data, first));
    }

    /** Elements from one on, of which a row is there at a time. */
    private final class Rows implements TensorData.Elements {
        private final TensorData data;
        private final int columns = order.length;
        private final float[] row = new float[columns];
        private final ElementBlock read = new ElementBlock(columns);
        private final ByteBuffer room =
                ByteBuffer.allocate(columns * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        private long held = -1;
        private long next;

        Rows(TensorData data, long first) {
            this.data = data;
            this.next = first;
        }

        @Override
        public void next(ElementBlock block, int count) throws IOException {
            block.start(DType.F32, count);
            float[] to = block.floats();
            for (int done = 0; done < count; ) {
                if (next / columns != held) {
                    hold(next / columns);
                }
                int column = (int) (next % columns);
                int some = Math.min(count - done, columns - column);
                for (int i = 0; i < some; i++) {
                    to[done + i] = row[order[column + i]];
                }
                done += some;
                next += some;
            }
        }

        private void hold(long index) throws IOException {
            TensorData.Elements elements = data.elements(matrix.dtype(), index * columns, columns, room.clear());
            for (int done = 0; done < columns; ) {
                int some = Math.min(read.capacity(), columns - done);
                elements.next(read, some);
                System.arraycopy(read.floats(), 0, row, done, some);
                done += some;
            }
            held = index;
        }
    }
}
