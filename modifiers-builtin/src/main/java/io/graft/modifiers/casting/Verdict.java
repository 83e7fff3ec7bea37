package io.graft.modifiers.casting;

import io.graft.model.DraftTensor;
import io.graft.model.parametrization.Owner;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;

/** What casting does with a selected tensor. */
enum Verdict {
    CAST,
    /** It has the dtype. */
    DONE,
    /** A modifier gave it a storage, which no cast changes, or it is a part of one. */
    STORED,
    /** It may hold codes, which are no numbers without their scale. */
    CODES,
    /** There is no such conversion. */
    IMPOSSIBLE;

    /**
     * @param named whether a selector is the very name of the tensor
     */
    static Verdict of(DraftTensor tensor, DType to, boolean named) {
        DType from = tensor.dtype();
        if (tensor.cameStored()) {
            return CAST;
        }
        if (tensor.storage().isPresent()
                || tensor.owner().filter(Owner::isStorage).isPresent()) {
            return STORED;
        }
        if (from == to) {
            return DONE;
        }
        if (!named && !from.isFloatingPoint()) {
            return CODES;
        }
        return DTypeConversion.isSupported(from, to) ? CAST : IMPOSSIBLE;
    }
}
