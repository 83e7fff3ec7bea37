package io.graft.training;

import ai.djl.ndarray.NDList;
import ai.djl.nn.Parameter;
import ai.djl.training.Trainer;
import io.graft.djl.ModifiedModel;
import io.graft.training.optimizer.NamedOptimizer;
import io.graft.training.parameters.Gradients;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** The forwards of the step under way: what they draw, and which parameters they may have given gradients. */
final class StepForwards {
    private final Trainer trainer;
    private final ModifiedModel model;
    private final NamedOptimizer optimizer;
    private final StepSeeds seeds;
    private final Set<Parameter> reached = Collections.newSetFromMap(new IdentityHashMap<>());
    private long count;
    private boolean training;

    StepForwards(Trainer trainer, ModifiedModel model, NamedOptimizer optimizer, StepSeeds seeds) {
        this.trainer = trainer;
        this.model = model;
        this.optimizer = optimizer;
        this.seeds = seeds;
    }

    /**
     * Makes ready for one.
     *
     * @param step how many are completed before the step that it belongs to
     */
    void before(NDList input, long step) {
        optimizer.parameters().filter(Parameter::requiresGradient).forEach(reached::add);
        if (!training && model.isProgram()) {
            // DJL takes a program that it has loaded for one in training, and the engine for one in inference, until it
            // has run in both.
            trainer.evaluate(input).close();
        }
        training = true;
        seeds.forForward(step, count++);
    }

    /** After the step: a gradient of what was frozen meanwhile would be applied once it is trained again. */
    void end() {
        reached.stream().filter(parameter -> !parameter.requiresGradient()).forEach(Gradients::clearFrozen);
        reached.clear();
        count = 0;
    }

    /** A program may have been loaded anew. */
    void begin() {
        training = false;
        if (model.isProgram()) {
            // It does not ask the trainer for its parameters, and so the trainer must ask for them.
            trainer.initialize();
        }
    }
}
