package io.graft.model.parametrization;

/** Which weights of an adapter share a tensor that its parametrizations own. */
public enum Sharing {
    /** None: each weight has one of its own, as the factors of LoRA. */
    TENSOR,
    /** The parametrized tensors of one module, such as its weight and bias. */
    MODULE,
    /** All weights of the adapter, such as the frozen factors of VeRA. */
    ADAPTER
}
