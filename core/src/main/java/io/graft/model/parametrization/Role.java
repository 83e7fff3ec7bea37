package io.graft.model.parametrization;

/** What a parametrization is to the weight that it stands on. */
public enum Role {
    /** Stands on a base that stays; is switched, weighted, folded on request, and saved in a file of its own. */
    ADAPTER,
    /** Is the base from now on: what was below is given up, and the owned tensors are saved in the model's file in its place. */
    STORAGE
}
