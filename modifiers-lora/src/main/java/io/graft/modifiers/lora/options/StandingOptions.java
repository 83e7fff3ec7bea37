package io.graft.modifiers.lora.options;

import io.graft.config.Alias;
import io.graft.config.Check;
import io.graft.config.CheckSink;
import io.graft.config.Default;
import io.graft.config.Matches;
import io.graft.model.parametrization.Adapter;

/**
 * Options of how an adapter stands on a model, beside others.
 *
 * @param adapter the adapter's name
 * @param weight how much the adapter counts, below 0 too; 0 puts it there inactive
 * @param replace whether an adapter of this name, if the model has one, gives way to this one, whatever its rank and targets; if not, it
 *     is an error
 * @param trainBase whether what is not adapted stays as trainable as it is; if not, it is frozen
 */
public record StandingOptions(
        @Alias("adapter-name") @Default("default") @Matches("[^./\\\\]+")
        String adapter,

        @Default("1.0") double weight,
        @Default("false") boolean replace,
        @Default("false") boolean trainBase) {
    @Check
    static void isNamed(StandingOptions options, CheckSink sink) {
        // Rows of a batch that have none name this one.
        if (options.adapter().equals(Adapter.BASE)) {
            sink.on("adapter")
                    .error("is `" + options.adapter()
                            + "`, as rows of a batch without an adapter are called: take another name");
        }
        if (!Double.isFinite(options.weight())) {
            sink.on("weight").error("is " + options.weight() + ", and must be a finite number");
        }
    }
}
