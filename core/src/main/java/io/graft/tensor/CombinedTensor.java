package io.graft.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A tensor computed from others of its shape.
 *
 * @param blocks whose elements the combination gets
 * @param others what else it depends on
 */
record CombinedTensor(
        String operation, List<LazyTensor> blocks, List<LazyTensor> others, LazyTensors.Combination combination)
        implements ComputedTensor {
    CombinedTensor {
        blocks = List.copyOf(blocks);
        others = List.copyOf(others);
        if (blocks.isEmpty()) {
            throw new IllegalArgumentException(operation + " needs at least one tensor");
        }
        Shape shape = blocks.get(0).shape();
        for (LazyTensor tensor : blocks) {
            if (!tensor.shape().equals(shape)) {
                throw new IllegalArgumentException(
                        operation + " needs tensors of one shape, and got " + shape + " and " + tensor.shape());
            }
        }
    }

    @Override
    public DType dtype() {
        return LazyTensors.computing(blocks);
    }

    @Override
    public Shape shape() {
        return blocks.get(0).shape();
    }

    @Override
    public List<LazyTensor> inputs() {
        return Stream.concat(blocks.stream(), others.stream().filter(other -> !isBlock(other)))
                .toList();
    }

    /** By identity: comparing tensors in memory would compare their bytes. */
    private boolean isBlock(LazyTensor tensor) {
        return blocks.stream().anyMatch(block -> block == tensor);
    }

    @Override
    public TensorData materialize() throws IOException {
        List<TensorData> data = new ArrayList<>();
        boolean divisible = true;
        for (LazyTensor tensor : blocks) {
            TensorData next = tensor.materialize();
            divisible &= next.isDivisible();
            data.add(next);
        }
        return TensorData.computed(
                divisible,
                dtype(),
                shape().elementCount(),
                (first, count, room) -> new Window(data, first, count, room));
    }

    private final class Window implements TensorData.Elements {
        private final List<TensorData.Elements> sources = new ArrayList<>();
        private final List<ElementBlock> inputs = new ArrayList<>();
        private long at;

        Window(List<TensorData> data, long first, int count, ByteBuffer room) throws IOException {
            this.at = first;
            for (int i = 0; i < data.size(); i++) {
                DType dtype = blocks.get(i).dtype();
                ByteBuffer own = i == 0
                        ? room
                        : ByteBuffer.allocate(count * (dtype.bits() / Byte.SIZE))
                                .order(ByteOrder.LITTLE_ENDIAN);
                sources.add(data.get(i).elements(dtype, first, count, own));
                inputs.add(new ElementBlock(count));
            }
        }

        @Override
        public void next(ElementBlock block, int count) throws IOException {
            for (int i = 0; i < inputs.size(); i++) {
                sources.get(i).next(inputs.get(i), count);
            }
            block.start(dtype(), count);
            combination.combine(at, count, List.copyOf(inputs), block);
            at += count;
        }
    }
}
