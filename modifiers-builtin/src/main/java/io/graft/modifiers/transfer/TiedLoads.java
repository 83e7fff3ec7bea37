package io.graft.modifiers.transfer;

import io.graft.ModifierContext;
import io.graft.model.ModelDraft;
import io.graft.problem.ProblemCode;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/** Loads a tensor that the model has under several names: once, and for all of them. */
record TiedLoads(ModelDraft model, Scope scope, ModifierContext context) {
    private static final int WINDOW = 1 << 20;

    /**
     * The load to carry out; empty if there is none, or they disagree, which is an error.
     *
     * @param loads what the checkpoint has for each of the tensor's names
     */
    Optional<Load> choose(List<Load> loads) {
        if (loads.isEmpty()) {
            return Optional.empty();
        }
        Load first = loads.get(0);
        for (Load other : loads.subList(1, loads.size())) {
            if (!agree(first.value(), other.value())) {
                reportConflict(first, other);
                return Optional.empty();
            }
        }
        return model.tiedTo(first.target().name()).stream().allMatch(name -> mayBeFilled(first, name))
                ? Optional.of(first)
                : Optional.empty();
    }

    private void reportConflict(Load first, Load other) {
        context.error(
                ProblemCode.NAME_COLLISION,
                "checkpoint-path",
                "`" + first.target().name() + "` and `" + other.target().name()
                        + "` are one tensor in the model, and `" + first.key() + "` and `"
                        + other.key() + "` of the checkpoint differ",
                "give a `rename` rule that moves one of them elsewhere");
    }

    private boolean mayBeFilled(Load load, String name) {
        Optional<Scope.Exclusion> exclusion = scope.exclusion(name);
        if (exclusion.isEmpty()) {
            return true;
        }
        if (exclusion.get().named()) {
            context.error(
                    ProblemCode.UNSUPPORTED_CHANGE,
                    "exclude",
                    "`" + name + "` is excluded, but it is one tensor with `"
                            + load.target().name() + "`, which `" + load.key()
                            + "` of the checkpoint would fill",
                    "exclude all names of the tensor, or none");
            return false;
        }
        context.warn("`" + name + "` is one tensor with `" + load.target().name() + "` and is filled with it");
        return true;
    }

    /** Whether two values are the same. Where they do not lie in one place, this is known only when they are read. */
    private static boolean agree(LazyTensor one, LazyTensor other) {
        if (one.equals(other) || (one.storage().isPresent() && one.storage().equals(other.storage()))) {
            return true;
        }
        if (one.dtype() != other.dtype()) {
            return false;
        }
        try {
            return agree(one.materialize(), other.materialize());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static boolean agree(TensorData one, TensorData other) throws IOException {
        for (long at = 0; at < one.byteCount(); at += WINDOW) {
            int length = (int) Math.min(WINDOW, one.byteCount() - at);
            if (!one.window(at, length).equals(other.window(at, length))) {
                return false;
            }
        }
        return true;
    }
}
