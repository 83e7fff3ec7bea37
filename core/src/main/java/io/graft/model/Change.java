package io.graft.model;

import io.graft.tensor.CastTensor;
import io.graft.tensor.DType;
import io.graft.tensor.Provenance;

/** One edit of the draft, in terms of canonical names at the time of the edit. */
public sealed interface Change {
    /** The tensor got new values. */
    record Assigned(String name, TensorKind kind, Provenance provenance) implements Change {}

    /** The tensor is no longer trainable. */
    record Frozen(String name) implements Change {}

    /** The tensor is trainable again. */
    record Unfrozen(String name) implements Change {}

    /** The tensor has another name. */
    record Renamed(String from, String to) implements Change {}

    /** A tensor that the model did not have. */
    record Added(String name, Provenance provenance) implements Change {}

    /** The tensor is no longer part of the model. */
    record Removed(String name) implements Change {}

    /** Values are converted to another dtype; {@code value} knows the rounding error once it has been read. */
    record Cast(String name, DType from, DType to, CastTensor value) implements Change {}

    /** The tensor is computed from other tensors. */
    record Parametrized(String name, String parametrization) implements Change {}

    /** What a parametrization computes became the tensor's own values. */
    record Folded(String name, String parametrization) implements Change {}
}
