package io.graft.modifiers.lora.config;

import io.graft.checkpoint.CheckpointException;
import io.graft.layer.ModuleNames;
import io.graft.layer.NamePatterns;
import io.graft.lora.dialect.AdapterSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

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
        NamePatterns<Double> rankPattern,
        NamePatterns<Double> alphaPattern,
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
     * Reads settings.
     *
     * @throws CheckpointException if they are wrong, or ask for what cannot be done
     */
    public static AdapterConfig of(AdapterSettings settings, AdapterUse use) {
        UnknownFeatures.refuse(settings, use);
        return read(settings);
    }

    /**
     * Reads settings of which it is known that they ask for nothing else than can be done.
     *
     * @throws CheckpointException if they are wrong
     */
    public static AdapterConfig read(AdapterSettings settings) {
        return new AdapterConfig(
                settings.positive("r"),
                settings.number("lora_alpha"),
                settings.flag("use_rslora"),
                settings.flag("fan_in_fan_out"),
                settings.patterns("rank_pattern"),
                settings.patterns("alpha_pattern"),
                ConfiguredModules.targets(settings),
                ConfiguredModules.excluded(settings),
                LayerNumbers.of(settings),
                TargetParameters.of(settings),
                ConfiguredModules.saved(settings),
                HEADS_OF_TASK.getOrDefault(String.valueOf(settings.get("task_type")), List.of()),
                TokenIndices.of(settings),
                settings.flag("ensure_weight_tying"),
                settings.text("peft_version").orElse(""));
    }

    /** The pattern that gives a module several numbers; empty if there is none. */
    public Optional<NamePatterns<Double>> ambiguous(String name) {
        return Stream.of(rankPattern, alphaPattern)
                .filter(patterns -> patterns.valuesOf(name).size() > 1)
                .findFirst();
    }

    /** The rank of an update, by the name that patterns know it by. */
    public double rank(String name) {
        return rankPattern.valuesOf(name).stream().findFirst().orElse((double) rank);
    }

    /** The numerator of an update's scale, by the name that patterns know it by. */
    public double alpha(String name) {
        return alphaPattern.valuesOf(name).stream().findFirst().orElse(alpha);
    }

    /** The scale of an update. */
    public double scale(double moduleAlpha, long moduleRank) {
        return moduleAlpha / (rankStabilised ? Math.sqrt((double) moduleRank) : moduleRank);
    }
}
