package io.graft.model;

import java.io.IOException;

/** Values of a tensor that could not be had. The cause is whatever the code that reads or computes them threw, errors included. */
public final class TensorException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String tensor;

    TensorException(String tensor, Throwable cause) {
        super("the values of `" + tensor + "` cannot be had: " + cause, cause);
        this.tensor = tensor;
    }

    /** The tensor's name in the model as it was to be. */
    public String tensor() {
        return tensor;
    }
}
