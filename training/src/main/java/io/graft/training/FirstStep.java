package io.graft.training;

import ai.djl.nn.Parameter;
import ai.djl.training.Trainer;
import io.graft.training.parameters.Gradients;
import java.lang.reflect.Field;
import java.util.stream.Stream;

/**
 * DJL looks at gradients once, before the first step, and takes a sum of zero for gradients that nobody has computed. Those of a head with
 * few classes often sum up to zero (DJL's issue 3696).
 */
final class FirstStep {
    private FirstStep() {}

    /** Tells the trainer that its gradients are right, if any of them is not zero; otherwise it finds out by itself. */
    static void check(Trainer trainer, Stream<Parameter> parameters) {
        boolean any = parameters
                .filter(Parameter::requiresGradient)
                .anyMatch(parameter -> Gradients.isAny(parameter.getArray()));
        if (any) {
            try {
                Field checked = Trainer.class.getDeclaredField("gradientsChecked");
                checked.setAccessible(true);
                checked.setBoolean(trainer, true);
            } catch (ReflectiveOperationException | RuntimeException unreachable) {
                // Another DJL, which then looks for itself.
            }
        }
    }
}
