package io.graft.modifiers.lora.options;

import io.graft.config.Flatten;
import io.graft.layer.Names;
import java.util.Optional;

/**
 * Options of what a new adapter of LoRA goes to.
 *
 * @param targetModules the modules to adapt: a list of names and dotted ends of names; one regular expression for whole names; or {@code
 *     all-linear}, every linear layer but the one that computes a language model's outputs
 * @param targetParameters parameters to adapt for themselves, such as the weights of all experts of a layer, by the dotted ends of their
 *     names
 * @param limits which of them are not adapted
 */
public record TargetOptions(
        Optional<Names> targetModules,
        Optional<Names> targetParameters,
        @Flatten TargetLimits limits) {}
