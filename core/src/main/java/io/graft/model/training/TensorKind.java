package io.graft.model.training;

/** Whether a state-dict entry is trained (a parameter) or only carried along (a buffer, such as running statistics). */
public enum TensorKind {
    PARAMETER,
    BUFFER
}
