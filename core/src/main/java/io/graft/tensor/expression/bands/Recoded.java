package io.graft.tensor.expression.bands;

import io.graft.tensor.DType;
import io.graft.tensor.ElementBlock;
import io.graft.tensor.expression.bands.numbers.Kind;
import io.graft.tensor.expression.bands.numbers.Numbers;
import io.graft.tensor.expression.bands.numbers.Range;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * Elements rounded to another dtype, or taken as numbers of another kind.
 *
 * @param from their dtype
 */
record Recoded(Step operand, DType from, DType to) implements Step {
    @Override
    public Kind kind() {
        return Kind.of(to);
    }

    @Override
    public List<Step> operands() {
        return List.of(operand);
    }

    @Override
    public Range reach(int at, Range range) {
        return range;
    }

    /** Whether integers become floating-point numbers by Java's own conversion. */
    private boolean isPlain() {
        return operand.kind() == Kind.LONGS && from != DType.U64 && to == DType.F32;
    }

    @Override
    public Optional<Step> turned(Turn turn) {
        return turn.of(operand).map(each -> new Recoded(each, from, to));
    }

    @Override
    public Work work() {
        if (isPlain()) {
            return (range, result, operands) -> {
                float[] room = result.room(range).floats();
                long[] numbers = operands[0].numbers().longs();
                int first = operands[0].at(range.first());
                int count = (int) range.count();
                for (int i = 0; i < count; i++) {
                    room[i] = numbers[first + i];
                }
            };
        }
        ElementBlock block = new ElementBlock(Long.MAX_VALUE);
        ByteBuffer bytes =
                ByteBuffer.allocate(block.capacity() * to.bits() / Byte.SIZE).order(ByteOrder.LITTLE_ENDIAN);
        return (range, result, operands) -> {
            Numbers room = result.room(range);
            int count = (int) range.count();
            for (int done = 0; done < count; ) {
                int next = Math.min(block.capacity(), count - done);
                block.start(operand.kind() == Kind.LONGS ? from : operand.kind().dtype(), next);
                Numbers.in(block, operand.kind())
                        .copy(0, operands[0].numbers(), operands[0].at(range.first() + done), next);
                block.write(to, bytes.clear());
                block.read(to, bytes.flip(), next);
                room.copy(done, Numbers.in(block, kind()), 0, next);
                done += next;
            }
        };
    }
}
