package com.acme.lora;

import io.graft.config.Default;
import io.graft.config.Each;
import io.graft.config.NotEmpty;
import io.graft.config.Range;
import io.graft.config.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Options.
 *
 * @param rank Rank of the low-rank update.
 */
public record LoraOptions(
        @Default("8") @Range(min = 1, max = 4096) int rank,
        @Default("16") double alpha,
        @Default("0.0") @Range(min = 0, max = 1) double dropout,
        @NotEmpty @Each(nonBlank = true, unique = true) List<String> targetModules,
        Optional<Precision> dtype,
        Optional<Duration> warmup,
        Optional<String> init,
        @Secret Optional<String> hubToken) {

    /** How exact numbers are. */
    public enum Precision {
        BF16,
        FP16,
        FP32
    }
}
