package io.graft.modifiers.lora.options;

import io.graft.config.Default;
import io.graft.config.Range;
import java.util.Optional;

/**
 * Options of factors that start from what quantization loses, under PEFT's names.
 *
 * @param loftqBits without an effect: the quantization of the weight tells
 * @param loftqIter how often the weight without the update is quantized and the update made anew; 1 leaves the quantized weight as it is
 */
public record LoftqConfig(
        Optional<Integer> loftqBits,
        @Default("1") @Range(min = 1, max = 100) int loftqIter) {}
