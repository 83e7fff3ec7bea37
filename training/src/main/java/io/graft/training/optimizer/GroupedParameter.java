package io.graft.training.optimizer;

import ai.djl.nn.Parameter;
import java.util.Optional;

/**
 * A parameter and the settings that it has of its own.
 *
 * @param name canonical, the first if it has several
 */
record GroupedParameter(String name, Parameter parameter, Optional<ParameterGroup> group) {
    double learningRate(OptimizerRule rule) {
        return group.flatMap(ParameterGroup::learningRate)
                .orElseGet(() -> rule.learningRate()
                        * group.flatMap(ParameterGroup::learningRateRatio).orElse(1.0));
    }

    double weightDecay(OptimizerRule rule) {
        return group.flatMap(ParameterGroup::weightDecay).orElse(rule.weightDecay());
    }
}
