package io.graft.tensor;

import java.io.IOException;

/** A number that an integer type does not hold. What it would become has nothing to do with it. */
public final class UnfitValueException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String help;

    UnfitValueException(String value, DType to, String wider) {
        super("the value " + value + " has no " + to);
        this.help = "convert to " + wider + ", or change the value";
    }

    /** What to do about it. */
    public String help() {
        return help;
    }
}
