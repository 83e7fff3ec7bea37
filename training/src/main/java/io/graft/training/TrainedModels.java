package io.graft.training;

import ai.djl.Model;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

/** The models of this process that have a trainer, each one at a time. */
final class TrainedModels {
    private static final Set<Model> IN_TRAINING =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private TrainedModels() {}

    /**
     * @throws IllegalStateException if the model has a trainer that is not closed
     */
    static void claim(Model model) {
        if (!IN_TRAINING.add(model)) {
            throw new IllegalStateException("model `" + model.getName()
                    + "` has a trainer that is not closed: close it before another one begins");
        }
    }

    static void release(Model model) {
        IN_TRAINING.remove(model);
    }
}
