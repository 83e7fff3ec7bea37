package com.acme;

import io.graft.config.Check;
import io.graft.config.CheckSink;
import io.graft.config.Default;
import io.graft.config.Matches;
import io.graft.config.NotEmpty;
import io.graft.config.Range;
import io.graft.model.tree.Selector;
import java.util.List;
import java.util.Optional;

/**
 * Options of the resetting modifier.
 *
 * @param tensors what to reset, by selector
 * @param to what every element becomes
 * @param minDimensions how many dimensions a tensor must have to be reset
 * @param reason why it is done, in a word, for those who read the file
 */
public record ResettingOptions(
        @NotEmpty List<Selector> tensors,
        @Default("{ type = zeros }") Fill to,
        @Default("1") @Range(min = 0, max = 8) int minDimensions,
        @Matches("[a-z-]+") Optional<String> reason) {
    @Check
    static void zeroHasAName(ResettingOptions options, CheckSink sink) {
        if (options.to() instanceof Fill.Constant constant && constant.value() == 0) {
            sink.on("to.value").warn("is what `zeros` is for");
        }
    }
}
