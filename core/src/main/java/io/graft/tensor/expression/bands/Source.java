package io.graft.tensor.expression.bands;

import io.graft.tensor.DType;
import io.graft.tensor.ElementBlock;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.bands.numbers.Kind;
import io.graft.tensor.expression.bands.numbers.Numbers;
import io.graft.tensor.expression.bands.numbers.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * A tensor that is read as it is needed, mostly in order.
 *
 * @param count of its elements
 * @param isBase whether it is what lies below a parametrization, which is too large to be held
 */
record Source(TensorData data, DType dtype, long count, boolean isBase) implements Step {
    /** Most elements that are read at a time. */
    private static final int LARGEST = 1 << 17;

    @Override
    public Kind kind() {
        return Kind.of(dtype);
    }

    @Override
    public List<Step> operands() {
        return List.of();
    }

    @Override
    public Range reach(int operand, Range range) {
        throw new IllegalStateException("has no operands");
    }

    @Override
    public Optional<Step> turned(Turn turn) {
        return turn.ofLeaf(this);
    }

    @Override
    public Reading work() {
        return new Reading();
    }

    /** One thread's way through the tensor. */
    final class Reading implements Work {
        private final ElementBlock block = new ElementBlock(count);
        private Range expected = Range.EMPTY;
        private ByteBuffer lent;
        private ByteBuffer own;
        private TensorData.Elements stream;
        private long at;
        private long end;

        private Reading() {}

        /**
         * Tells what will be asked for, so that it is read at once.
         *
         * @param room memory to read that into; null if there is none
         */
        void expect(Range range, ByteBuffer room) {
            expected = range;
            lent = room;
            stream = null;
        }

        @Override
        public void compute(Range range, Piece result, Piece[] operands) throws IOException {
            if (stream == null || at != range.first() || range.end() > end) {
                open(range);
            }
            int count = Math.toIntExact(range.count());
            if (count <= block.capacity()) {
                stream.next(block, count);
                result.set(range, Numbers.in(block, kind()));
            } else {
                Numbers room = result.room(range);
                for (int done = 0; done < count; ) {
                    int next = Math.min(block.capacity(), count - done);
                    stream.next(block, next);
                    room.copy(done, Numbers.in(block, kind()), 0, next);
                    done += next;
                }
            }
            at = range.end();
        }

        private void open(Range range) throws IOException {
            at = range.first();
            long most = Math.max(range.count(), LARGEST);
            end = expected.contains(range) ? Math.min(expected.end(), at + most) : range.end();
            ByteBuffer room = lent != null && at == expected.first() && end == expected.end() ? lent : own(end - at);
            lent = null;
            stream = data.elements(dtype, at, Math.toIntExact(end - at), room);
        }

        private ByteBuffer own(long elements) {
            int bytes = Math.toIntExact(elements * (dtype.bits() / Byte.SIZE));
            if (own == null || own.capacity() < bytes) {
                own = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
            }
            return own.clear();
        }
    }
}
