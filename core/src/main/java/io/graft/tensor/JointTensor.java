package io.graft.tensor;

import java.io.IOException;
import java.lang.ref.SoftReference;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One of the tensors that come from one computation.
 *
 * @param index which of them
 */
record JointTensor(Computation computation, int index) implements ComputedTensor {
    /** What all of them share. */
    static final class Computation {
        private final List<LazyTensor> inputs;
        private final List<LazyTensors.Output> outputs;
        private final LazyTensors.Joint joint;

        /** Given up when memory is short: then it is computed again. */
        private SoftReference<List<TensorData>> results = new SoftReference<>(null);

        Computation(List<LazyTensor> inputs, List<LazyTensors.Output> outputs, LazyTensors.Joint joint) {
            this.inputs = List.copyOf(inputs);
            this.outputs = List.copyOf(outputs);
            this.joint = joint;
        }

        synchronized TensorData result(int index) throws IOException {
            List<TensorData> known = results.get();
            if (known == null) {
                known = List.copyOf(joint.compute());
                if (known.size() != outputs.size()) {
                    throw new IllegalStateException(
                            known.size() + " tensors were computed in place of " + outputs.size());
                }
                results = new SoftReference<>(known);
            }
            return known.get(index);
        }
    }

    static List<ComputedTensor> of(List<LazyTensor> inputs, List<LazyTensors.Output> outputs, LazyTensors.Joint joint) {
        Computation computation = new Computation(inputs, outputs, joint);
        return IntStream.range(0, outputs.size())
                .<ComputedTensor>mapToObj(index -> new JointTensor(computation, index))
                .toList();
    }

    private LazyTensors.Output output() {
        return computation.outputs.get(index);
    }

    @Override
    public String operation() {
        return output().operation();
    }

    @Override
    public DType dtype() {
        return output().dtype();
    }

    @Override
    public Shape shape() {
        return output().shape();
    }

    @Override
    public List<LazyTensor> inputs() {
        return computation.inputs;
    }

    @Override
    public Optional<Object> pass() {
        return Optional.of(computation);
    }

    @Override
    public TensorData materialize() throws IOException {
        return computation.result(index);
    }
}
