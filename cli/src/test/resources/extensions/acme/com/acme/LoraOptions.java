package com.acme;

import io.graft.config.Alias;
import io.graft.config.Check;
import io.graft.config.CheckSink;
import io.graft.config.Default;
import io.graft.config.Each;
import io.graft.config.Exclusive;
import io.graft.config.Matches;
import io.graft.config.NotBlank;
import io.graft.config.NotEmpty;
import io.graft.config.OneOf;
import io.graft.config.Range;
import io.graft.config.RemovedKey;
import io.graft.config.RenamedFrom;
import io.graft.config.Requires;
import io.graft.config.Size;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Options.
 *
 * @param rank rank of the low-rank update
 * @param alpha numerator of the scale
 * @param targetModules the modules that get one
 * @param variant how it is scaled
 * @param dtype precision of the update
 * @param warmup how long the scale grows
 * @param init how it begins
 * @param tags words to find it by
 * @param note a remark
 * @param output name of the file
 * @param seed of the random numbers
 * @param state of the random numbers
 * @param dropout share of the inputs that is dropped
 * @param rename new names of modules
 */
@RemovedKey(key = "beta", since = "1.1", reason = "the scale is `alpha / rank`")
@Exclusive({"seed", "state"})
@Requires(key = "dropout", with = "seed")
public record LoraOptions(
        @Default("8") @Range(min = 1, max = 4096) @Alias("r") @RenamedFrom(value = "lora-rank", since = "1.2", removeIn = "2.0")
        int rank,
        @Default("16") double alpha,
        @NotEmpty @Each(nonBlank = true, unique = true) List<String> targetModules,
        @Default("plain") @OneOf({"plain", "scaled"}) String variant,
        Optional<Precision> dtype,
        Optional<Duration> warmup,
        Optional<Init> init,
        @Size(max = 2) List<String> tags,
        @NotBlank Optional<String> note,
        @Matches("[a-z]+\\.bin") Optional<String> output,
        Optional<Long> seed,
        Optional<String> state,
        Optional<Double> dropout,
        List<Rule> rename) {

    /** How exact numbers are. */
    public enum Precision {
        BF16,
        FP16,
        FP32
    }

    /** How an update begins. */
    public sealed interface Init {}

    /**
     * At random.
     *
     * @param sigma standard deviation
     */
    public record Gaussian(@Default("1") double sigma) implements Init {}

    /** At zero. */
    public record Zeros() implements Init {}

    /**
     * A new name.
     *
     * @param from the old name
     * @param to the new one
     */
    public record Rule(String from, String to) {
        public Rule {
            if (from.equals(to)) {
                throw new IllegalArgumentException("`" + from + "` is renamed to itself");
            }
        }
    }

    @Check
    static void alphaVersusRank(LoraOptions options, CheckSink sink) {
        if (options.alpha() < options.rank()) {
            sink.on("alpha").error("is below the rank " + options.rank());
        }
    }

    @Check
    static void dimensions(LoraOptions options, CheckSink sink) {
        if (options.rank() == 13) {
            throw new IllegalStateException("thirteen");
        }
    }
}
