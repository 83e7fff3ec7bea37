package io.graft.checkpoint;

import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.layout.TensorSet;
import io.graft.problem.FirstFew;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.util.List;

/**
 * A logical tensor of which it is known that its values cannot be had: its codes are of a layout that nothing at hand reads, or do
 * not fit together. Whoever plans with it is told so before anything is read.
 */
public record RefusedTensor(Encoding encoding) implements LazyTensor {
    /** Why, and what to do. */
    public TensorSet.Refusal refusal() {
        return encoding.set().refusal().orElseThrow();
    }

    /** What is wrong with tensors that are wanted, for one message; those of the first one's reason are named. */
    public static String message(List<RefusedTensor> refused) {
        String reason = refused.get(0).refusal().reason();
        List<String> names = refused.stream()
                .filter(tensor -> tensor.refusal().reason().equals(reason))
                .map(tensor -> tensor.encoding.set().name())
                .toList();
        return names.size() == 1
                ? "`" + TensorName.printable(names.get(0)) + "` " + reason
                : FirstFew.names(names) + ": each " + reason;
    }

    @Override
    public DType dtype() {
        return encoding.set().dtype();
    }

    @Override
    public Shape shape() {
        return encoding.set().shape();
    }

    @Override
    public List<LazyTensor> inputs() {
        return List.of();
    }

    @Override
    public Provenance provenance() {
        return new Provenance.Stored(
                encoding.checkpoint().toString(), encoding.set().name());
    }

    /**
     * {@inheritDoc}
     *
     * @throws CheckpointException always
     */
    @Override
    public TensorData materialize() {
        throw new CheckpointException(
                Reason.UNSUPPORTED,
                encoding.checkpoint(),
                "`" + TensorName.printable(encoding.set().name()) + "` "
                        + refusal().reason(),
                refusal().help());
    }
}
