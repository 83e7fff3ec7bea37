package io.graft.training.optimizer;

import java.util.List;

/**
 * Parameters that an optimizer treats alike.
 *
 * @param names in the order of the state dict; one that has several is here under the first
 * @param learningRate how far a step goes, before {@link io.graft.training.schedule.LearningRates}
 * @param weightDecay how much the weights decay
 */
public record NamedGroup(List<String> names, double learningRate, double weightDecay) {
    public NamedGroup {
        names = List.copyOf(names);
    }
}
