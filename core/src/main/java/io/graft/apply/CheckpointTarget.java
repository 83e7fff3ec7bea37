package io.graft.apply;

import io.graft.ModelRef;
import io.graft.ModelTarget;
import io.graft.Plan;
import io.graft.SourceCheckpoint;
import io.graft.ValueWatch;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.TensorKind;
import io.graft.problem.FirstFew;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.tensor.DType;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A model that is a checkpoint and nothing else: tensors without a forward. It is never changed; a run writes another.
 *
 * <p>A checkpoint does not say which of its tensors are buffers. A tensor is taken for one if its last name is one that
 * PyTorch's and transformers' layers give to buffers, or if its elements cannot have a gradient (integers and
 * booleans). Every other tensor is a trainable parameter.
 */
final class CheckpointTarget implements ModelTarget {
    private static final Set<String> BUFFER_NAMES =
            Set.of("running_mean", "running_var", "num_batches_tracked", "position_ids");

    private static final Commit NOTHING_TO_UNDO = new Commit() {
        @Override
        public void rollBack() {}

        @Override
        public void close() {}
    };

    private final SourceCheckpoint source;

    CheckpointTarget(SourceCheckpoint source) {
        this.source = source;
    }

    @Override
    public ModelRef ref() {
        return new ModelRef("checkpoint", source.uri());
    }

    @Override
    public ModelDraft draft() {
        return new ModelDraft(
                List.of(),
                source.checkpoint().tensors().values().stream()
                        .map(CheckpointTarget::tensor)
                        .toList());
    }

    @Override
    public List<Problem> refusals(Plan plan) {
        List<String> adapted = plan.tensors().stream()
                .filter(tensor -> tensor.parametrizations().stream()
                        .anyMatch(applied -> !applied.adapter().isEmpty()))
                .map(DraftTensor::name)
                .toList();
        return adapted.isEmpty()
                ? List.of()
                : List.of(new Problem(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        Severity.ERROR,
                        "",
                        Optional.empty(),
                        "a model's file has no place for adapters: " + FirstFew.names(adapted),
                        List.of(),
                        "fold them into the weights, or put them on a live model"));
    }

    @Override
    public Commit commit(Plan plan, ValueWatch watch) {
        return NOTHING_TO_UNDO;
    }

    private static DraftTensor tensor(TensorEntry entry) {
        TensorKind kind = kind(entry);
        return DraftTensor.initial(
                entry.name(), Set.of(), kind, kind == TensorKind.PARAMETER, new InitialTensor(entry));
    }

    private static TensorKind kind(TensorEntry entry) {
        String leaf = entry.name().substring(entry.name().lastIndexOf('.') + 1);
        DType dtype = entry.dtype();
        boolean differentiable = dtype.isFloatingPoint() || dtype.isComplex();
        return BUFFER_NAMES.contains(leaf) || !differentiable ? TensorKind.BUFFER : TensorKind.PARAMETER;
    }
}
