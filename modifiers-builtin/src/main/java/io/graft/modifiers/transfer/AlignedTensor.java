package io.graft.modifiers.transfer;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A tensor put together from blocks of another one and blocks of its initial value. Takes as much memory as its value, and as
 * the value it starts from if that is converted.
 *
 * @param source what blocks are taken from, of the initial value's dtype
 * @param initial what the other blocks keep
 * @param dimension the dimension that is divided into blocks
 * @param blocks for each block the index of the source's block that goes there, or -1 for the initial one
 */
record AlignedTensor(LazyTensor source, LazyTensor initial, int dimension, List<Integer> blocks) implements LazyTensor {
    @Override
    public DType dtype() {
        return initial.dtype();
    }

    @Override
    public Shape shape() {
        return initial.shape();
    }

    @Override
    public Provenance provenance() {
        return new Provenance.Computed(
                taken() + " of " + blocks.size() + " blocks along dimension " + dimension, source.provenance());
    }

    private long taken() {
        return blocks.stream().filter(block -> block >= 0).count();
    }

    @Override
    public TensorData materialize() throws IOException {
        int bytes = Math.toIntExact(dtype().byteCount(shape()));
        ByteBuffer result = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes == 0) {
            return TensorData.of(result);
        }
        ByteBuffer from = all(source);
        ByteBuffer kept = taken() == blocks.size() ? result : all(initial);
        int outer = Math.toIntExact(
                shape().dimensions().subList(0, dimension).stream().reduce(1L, Math::multiplyExact));
        int blockBytes = bytes / outer / blocks.size();
        int sourceRow = from.remaining() / outer;
        for (int row = 0; row < outer; row++) {
            for (int block : blocks) {
                int at = result.position();
                result.put(
                        at, block < 0 ? kept : from, block < 0 ? at : row * sourceRow + block * blockBytes, blockBytes);
                result.position(at + blockBytes);
            }
        }
        return TensorData.of(result.flip());
    }

    private static ByteBuffer all(LazyTensor tensor) throws IOException {
        TensorData data = tensor.materialize();
        return data.window(0, Math.toIntExact(data.byteCount()));
    }
}
