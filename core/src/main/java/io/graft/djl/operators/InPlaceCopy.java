package io.graft.djl.operators;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.ParameterStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/**
 * Gives an array the values of another one in its own memory. What is computed with it afterwards takes gradients to what these values
 * come from, as if it had been computed with them.
 */
public final class InPlaceCopy {
    private static final String NAME = "InPlaceCopy";
    private static final Model PROGRAM = load();

    private InPlaceCopy() {}

    private static Model load() {
        Model model = Model.newInstance(NAME, "PyTorch");
        try {
            model.load(new ByteArrayInputStream(OperatorArchive.of(NAME, OperatorArchive.source())));
            return model;
        } catch (IOException | MalformedModelException unusable) {
            throw new IllegalStateException(unusable);
        }
    }

    /**
     * Copies values, and forgets what the array was computed from before.
     *
     * @param to of the same dtype, shape and device, which takes no gradients of its own
     */
    public static void copy(NDArray to, NDArray values) {
        String name = to.getName();
        String given = values.getName();
        // DJL takes a name with a point for a place in a dictionary.
        to.setName(null);
        values.setName(null);
        try {
            PROGRAM.getBlock()
                    .forward(new ParameterStore(to.getManager(), false), new NDList(to, values), true)
                    .close();
        } finally {
            to.setName(name);
            values.setName(given);
        }
    }
}
