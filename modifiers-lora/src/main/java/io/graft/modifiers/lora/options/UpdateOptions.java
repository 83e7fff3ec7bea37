package io.graft.modifiers.lora.options;

import io.graft.config.Alias;
import io.graft.config.Check;
import io.graft.config.CheckSink;
import io.graft.config.Default;
import io.graft.config.Flatten;
import io.graft.config.Range;

/**
 * Options of what an update of LoRA is.
 *
 * @param rank the rank of each update
 * @param alpha each update is multiplied by this, divided by the rank
 * @param useRslora whether it is divided by the root of the rank instead
 * @param patterns of single modules
 * @param dropout the part of the inputs that an update does not see in training; for linear layers alone: which convolutions are adapted
 *     without it is told
 * @param useDora whether updates give the direction of weights only, and a trained number for each output its length (DoRA)
 * @param loraBias whether each update has a bias of its own, too
 */
public record UpdateOptions(
        @Alias("r") @Default("8") @Range(min = 1) int rank,
        @Alias("lora-alpha") @Default("8") double alpha,
        @Default("false") boolean useRslora,
        @Flatten ModulePatterns patterns,

        @Alias("lora-dropout") @Default("0.0") @Range(min = 0, max = 1, exclusiveMax = true)
        double dropout,

        @Default("false") boolean useDora,
        @Default("false") boolean loraBias) {
    public UpdateOptions {
        if (!Double.isFinite(alpha)) {
            throw new IllegalArgumentException("alpha is " + alpha + ", and must be a finite number");
        }
    }

    @Check
    static void doraIsAlone(UpdateOptions update, CheckSink sink) {
        if (update.useDora() && update.dropout() > 0) {
            sink.on("dropout")
                    .error(
                            "does not go with use-dora: the norm of the weight would have to be taken of inputs that were"
                                    + " dropped, and of those that were not");
        }
        if (update.useDora() && update.loraBias()) {
            sink.on("lora-bias").error("does not go with use-dora");
        }
    }
}
