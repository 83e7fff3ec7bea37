package io.graft.apply.checkpoint;

import io.graft.checkpoint.DeclaredKind;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.DraftTensor;
import io.graft.model.training.TensorKind;
import io.graft.tensor.DType;
import java.util.Set;

/**
 * Which tensors of a checkpoint are parameters, which buffers, and which are trained.
 *
 * <p>Somebody may name buffers; else what the file tells counts, as whole modules and TorchScript archives do. A bare state dict
 * tells nothing: a tensor of it is taken for a buffer if its last name is one that PyTorch's and transformers' layers give to
 * buffers, or if its elements cannot have a gradient (integers and booleans). Every other tensor is a trainable parameter; a quantized
 * one is a parameter that is never trained.
 *
 * @param buffers names of tensors that are buffers, whatever the file tells
 */
public record CheckpointKinds(Set<String> buffers) {
    /** Nobody named any buffers. */
    public static final CheckpointKinds OF_FILE = new CheckpointKinds(Set.of());

    private static final Set<String> BUFFER_NAMES =
            Set.of("running_mean", "running_var", "num_batches_tracked", "position_ids");

    /** The tensor as the draft begins with it. */
    DraftTensor initial(TensorEntry entry) {
        DeclaredKind kind = buffers.contains(entry.name())
                ? DeclaredKind.BUFFER
                : entry.declared().orElseGet(() -> guess(entry));
        return DraftTensor.initial(
                entry.name(),
                Set.of(),
                kind == DeclaredKind.BUFFER ? TensorKind.BUFFER : TensorKind.PARAMETER,
                kind == DeclaredKind.PARAMETER && entry.encoding().isEmpty(),
                StoredTensor.initial(entry));
    }

    private static DeclaredKind guess(TensorEntry entry) {
        String leaf = entry.name().substring(entry.name().lastIndexOf('.') + 1);
        DType dtype = entry.dtype();
        boolean differentiable = dtype.isFloatingPoint() || dtype.isComplex();
        return BUFFER_NAMES.contains(leaf) || !differentiable ? DeclaredKind.BUFFER : DeclaredKind.PARAMETER;
    }
}
