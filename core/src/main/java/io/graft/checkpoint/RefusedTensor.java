package io.graft.checkpoint;

import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.layout.TensorSet;
import io.graft.checkpoint.layout.TensorSet.Refusal;
import io.graft.problem.FirstFew;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/**
 * A tensor of which it is known that its values cannot be had: its codes are of a layout that nothing at hand reads, or do not fit
 * together, or it is of a kind that is not read. Whoever plans with it is told so before anything is read.
 *
 * @param checkpoint the file that messages name
 * @param refusal why, and what to do
 */
public record RefusedTensor(Path checkpoint, String name, DType dtype, Shape shape, Refusal refusal)
        implements LazyTensor {
    /** A logical tensor whose layout {@linkplain TensorSet#refusal refuses} to be read. */
    public static RefusedTensor of(Encoding encoding) {
        TensorSet set = encoding.set();
        return new RefusedTensor(
                encoding.checkpoint(),
                set.name(),
                set.dtype(),
                set.shape(),
                set.refusal().orElseThrow());
    }

    /** A tensor that {@linkplain TensorEntry#refusal refuses} to be read. */
    public static RefusedTensor of(TensorEntry entry, Path checkpoint) {
        return new RefusedTensor(
                checkpoint,
                entry.name(),
                entry.dtype(),
                entry.shape(),
                entry.refusal().orElseThrow());
    }

    /** Those of some tensors of a checkpoint that cannot be read. */
    public static List<RefusedTensor> among(Collection<TensorEntry> entries, Path checkpoint) {
        return entries.stream()
                .filter(entry -> entry.refusal().isPresent())
                .map(entry -> of(entry, checkpoint))
                .toList();
    }

    /** What is wrong with tensors that are wanted, for one message; those of the first one's reason are named. */
    public static String message(List<RefusedTensor> refused) {
        String reason = refused.get(0).refusal.reason();
        List<String> names = refused.stream()
                .filter(tensor -> tensor.refusal.reason().equals(reason))
                .map(RefusedTensor::name)
                .toList();
        return names.size() == 1
                ? "`" + TensorName.printable(names.get(0)) + "` " + reason
                : FirstFew.names(names) + ": each " + reason;
    }

    @Override
    public List<LazyTensor> inputs() {
        return List.of();
    }

    @Override
    public Provenance provenance() {
        return new Provenance.Stored(checkpoint.toString(), name);
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
                checkpoint,
                "`" + TensorName.printable(name) + "` " + refusal.reason(),
                refusal.help());
    }
}
