package com.acme.scaling;

import io.graft.config.Alias;
import io.graft.config.Check;
import io.graft.config.CheckSink;
import io.graft.config.Default;
import io.graft.config.NotBlank;
import io.graft.config.NotEmpty;
import io.graft.config.Range;
import io.graft.model.tree.Selector;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Options.
 *
 * @param tensors what to scale, by selector
 * @param factor what to multiply with
 * @param mode whether to multiply or to divide
 * @param schedule when to scale
 */
public record ScalingOptions(
        @Alias("targets") @NotEmpty List<Selector> tensors,
        @Default("2.0") @Range(min = 0.001, max = 1000) double factor,
        @Default("multiply") Mode mode,
        Optional<Schedule> schedule) {

    /** The direction. */
    public enum Mode {
        MULTIPLY,
        DIVIDE
    }

    /**
     * A time to scale at.
     *
     * @param name what it is called
     * @param every the time between
     */
    public record Schedule(@NotBlank String name, @Default("5 minutes") Duration every) {}

    @Check
    static void factorChangesSomething(ScalingOptions options, CheckSink sink) {
        if (options.factor() == 1) {
            sink.on("factor").warn("a factor of 1 changes nothing");
        }
    }
}
