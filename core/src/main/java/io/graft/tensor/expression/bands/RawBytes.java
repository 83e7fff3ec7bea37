package io.graft.tensor.expression.bands;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/** The bytes of a tensor, whatever dtype it says that they are. */
record RawBytes(LazyTensor tensor, Shape shape) implements LazyTensor {
    /** The tensor itself, unless an expression takes it for its bytes. */
    static LazyTensor of(LazyTensor tensor, Expression leaf) {
        boolean areBytes = leaf.dtype() == DType.U8
                && tensor.dtype() != DType.U8
                && tensor.dtype().byteCount(tensor.shape()) == leaf.shape().elementCount();
        return areBytes ? new RawBytes(tensor, leaf.shape()) : tensor;
    }

    @Override
    public DType dtype() {
        return DType.U8;
    }

    @Override
    public List<LazyTensor> inputs() {
        return tensor.inputs();
    }

    @Override
    public Provenance provenance() {
        return tensor.provenance();
    }

    @Override
    public TensorData materialize() throws IOException {
        return new Data(tensor.materialize());
    }

    /** Without the elements of the other dtype. */
    private record Data(TensorData data) implements TensorData {
        @Override
        public long byteCount() {
            return data.byteCount();
        }

        @Override
        public ByteBuffer window(long offset, int length) throws IOException {
            return data.window(offset, length);
        }

        @Override
        public void read(long offset, ByteBuffer target) throws IOException {
            data.read(offset, target);
        }

        @Override
        public boolean isDivisible() {
            return data.isDivisible();
        }

        @Override
        public void transferTo(WritableByteChannel target) throws IOException {
            data.transferTo(target);
        }
    }
}
