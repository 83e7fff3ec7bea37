package io.graft.tensor.expression.bands;

import io.graft.tensor.DType;
import io.graft.tensor.ElementBlock;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

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

    @Override
    public Work work() {
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
