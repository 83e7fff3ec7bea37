package io.graft.modifiers.lora.config;

import io.graft.checkpoint.CheckpointException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
 * @param excluded modules that are not adapted, whatever names them
 * @param layers the layers that are adapted; empty if all are
 * @param parameters the parameters that are adapted for themselves
 * @param saved the modules whose tensors the adapter holds whole
 * @param savedByTask entries of that list which PEFT has put there itself, for the heads that a model may have
 * @param tokens the rows of embeddings that are trained
 * @param keepsTies whether names of one tensor were adapted as one
 * @param version the PEFT that saved it; empty if it is older than 0.18, which does not tell
 */
public record AdapterConfig(
        long rank,
        double alpha,
        boolean rankStabilised,
        boolean transposed,
        NamePatterns rankPattern,
        NamePatterns alphaPattern,
        Optional<ModuleNames> targets,
        ModuleNames excluded,
        Optional<LayerNumbers> layers,
        TargetParameters parameters,
        ModuleNames saved,
        List<String> savedByTask,
        TokenIndices tokens,
        boolean keepsTies,
        String version) {
    private static final List<String> CLASSIFIERS = List.of("classifier", "score");
    private static final Map<String, List<String>> HEADS_OF_TASK =
            Map.of("SEQ_CLS", CLASSIFIERS, "TOKEN_CLS", CLASSIFIERS, "QUESTION_ANS", List.of("qa_outputs"));

    /**
     * Reads {@code adapter_config.json}.
     *
     * @throws CheckpointException if it cannot be read, is not one, or asks for what cannot be merged
     */
    public static AdapterConfig read(Path file) {
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
                ModuleNames.excluded(fields),
                LayerNumbers.of(fields),
                TargetParameters.of(fields),
                ModuleNames.saved(fields),
                HEADS_OF_TASK.getOrDefault(String.valueOf(fields.get("task_type")), List.of()),
                TokenIndices.of(fields),
                fields.flag("ensure_weight_tying"),
                fields.get("peft_version") instanceof String version ? version : "");
    }

    /** The scale of an update. */
    public double scale(double moduleAlpha, long moduleRank) {
        return moduleAlpha / (rankStabilised ? Math.sqrt((double) moduleRank) : moduleRank);
    }
}
