package io.graft.training.parameters;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;

/** Gradients of parameters, which the engine keeps until somebody takes them away. */
public final class Gradients {
    private Gradients() {}

    /** Makes the gradient of an array zero, whatever it is: a difference with itself would keep what is not finite. */
    public static void clear(NDArray weight) {
        try (NDArray gradient = weight.getGradient();
                NDManager scope = weight.getManager().newSubManager(weight.getDevice())) {
            gradient.set(new NDIndex("..."), scope.zeros(new Shape(), gradient.getDataType()));
        }
    }

    /** Makes the gradient of a frozen parameter zero; it would be applied at the first step after the parameter is trained again. */
    public static void clearFrozen(Parameter frozen) {
        NDArray array = frozen.getArray();
        array.setRequiresGradient(true); // DJL hands out gradients of such arrays only
        try {
            clear(array);
        } finally {
            array.setRequiresGradient(false);
        }
    }

    /** Whether any element of a gradient is not zero. */
    public static boolean isAny(NDArray weight) {
        try (NDArray gradient = weight.getGradient();
                NDArray zero = gradient.eq(0);
                NDArray all = zero.all()) {
            return !all.getBoolean();
        }
    }
}
