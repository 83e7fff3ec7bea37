package io.graft.djl.array;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * Numbers that arrays which take gradients are computed with. DJL makes an array of a number that lies in memory of the JVM, and closes it
 * at once; the backward pass reads it all the same, when that memory may hold something else.
 */
public final class EngineNumbers {
    private EngineNumbers() {}

    /** A number in memory of the engine, which lives as long as a backward pass needs it. */
    public static NDArray of(NDManager manager, double number) {
        try (NDArray given = manager.create(number)) {
            return given.duplicate();
        }
    }

    /** The array with all of its elements multiplied. */
    public static NDArray times(NDArray array, double factor) {
        try (NDArray number = of(array.getManager(), factor)) {
            return array.mul(number);
        }
    }

    /** The array with all of its elements multiplied in place. */
    public static NDArray timesInPlace(NDArray array, double factor) {
        try (NDArray number = of(array.getManager(), factor)) {
            return array.muli(number);
        }
    }
}
