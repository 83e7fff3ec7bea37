package io.graft.modifiers.lora;

import io.graft.checkpoint.CheckpointException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the configuration of an adapter says about its tensors.
 *
 * @param rank rank of each update, where no pattern says otherwise
 * @param alpha numerator of the scale, where no pattern says otherwise
 * @param rankStabilised whether the denominator of the scale is the square root of the rank
 * @param transposed whether weights are stored as {@code [in, out]}; PEFT keeps what it found at the last layer that it adapted
 * @param rankPattern ranks of single modules
 * @param alphaPattern numerators of single modules
 * @param targets the modules that are adapted; empty where the file tells no names
 * @param saved the modules whose tensors the adapter holds whole
 */
record AdapterConfig(
        long rank,
        double alpha,
        boolean rankStabilised,
        boolean transposed,
        NamePatterns rankPattern,
        NamePatterns alphaPattern,
        Optional<ModuleNames> targets,
        ModuleNames saved) {
    /**
     * Reads {@code adapter_config.json}.
     *
     * @throws CheckpointException if it cannot be read, is not one, or asks for what cannot be merged
     */
    static AdapterConfig read(Path file) {
        ConfigFields fields = ConfigFields.read(file);
        UnknownFeatures.refuse(fields);
        return new AdapterConfig(
                fields.positive("r"),
                fields.number("lora_alpha"),
                fields.flag("use_rslora"),
                fields.flag("fan_in_fan_out"),
                NamePatterns.of("rank_pattern", fields),
                NamePatterns.of("alpha_pattern", fields),
                ModuleNames.targets(fields),
                ModuleNames.saved(fields));
    }

    /** The scale of an update. */
    double scale(double moduleAlpha, long moduleRank) {
        return moduleAlpha / (rankStabilised ? Math.sqrt((double) moduleRank) : moduleRank);
    }
}
