package io.graft.training.optimizer;

import io.graft.config.Check;
import io.graft.config.CheckSink;
import io.graft.config.Exclusive;
import io.graft.config.NotEmpty;
import io.graft.config.Range;
import io.graft.model.tree.Selector;
import java.util.List;
import java.util.Optional;

/**
 * Parameters that an optimizer treats otherwise than the rest. No parameter may be in two groups.
 *
 * @param parameters the modules and tensors of the group: dotted paths, with {@code *} for one segment and {@code **} for any number,
 *     or {@code re:} and a regular expression
 * @param learningRate how far a step goes; the optimizer's own if not given
 * @param learningRateRatio the same as a multiple of the optimizer's own, so that it follows that: 16 for the {@code lora_B} of adapters
 *     is LoRA+
 * @param weightDecay how much the weights decay; the optimizer's own if not given
 */
@Exclusive({"learning-rate", "learning-rate-ratio"})
public record ParameterGroup(
        @NotEmpty List<Selector> parameters,
        @Range(min = 0) Optional<Double> learningRate,
        @Range(min = 0) Optional<Double> learningRateRatio,
        @Range(min = 0) Optional<Double> weightDecay) {
    public ParameterGroup {
        parameters = List.copyOf(parameters);
    }

    @Check
    static void isOtherwise(ParameterGroup options, CheckSink problems) {
        if (options.learningRate
                .or(() -> options.learningRateRatio)
                .or(() -> options.weightDecay)
                .isEmpty()) {
            problems.onOptions().error("a group needs `learning-rate`, `learning-rate-ratio` or `weight-decay`");
        }
    }
}
