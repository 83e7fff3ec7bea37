package io.graft.modifiers.lora.options;

import io.graft.config.Alias;
import io.graft.config.Default;
import java.util.Optional;

/**
 * Options of how factors start.
 *
 * @param init how factors start: {@code default}, {@code random}, {@code gaussian}, {@code orthogonal}, {@code pissa}, {@code
 *     pissa_niter_N}, {@code olora} or {@code loftq}; PEFT's {@code true} and {@code false} are the first two. What pissa and olora take
 *     out of a weight is kept beside the factors, and the weight stays as it is: the adapter is saved as a plain one of twice the rank.
 *     loftq starts from what a quantization in the same run, before this modifier, loses of the weight
 * @param seed which random factors follow from, with the name of the tensor
 * @param loftqConfig how {@code init = loftq} is done, {@code loftq-iter}; without an effect on others
 */
public record StartOptions(
        @Alias("init-lora-weights") @Default("default") FactorInit init,
        @Default("0") long seed,
        Optional<LoftqConfig> loftqConfig) {}
