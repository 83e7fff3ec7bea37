package io.graft.training.checkpoint;

import io.graft.checkpoint.CheckpointException;
import io.graft.training.schedule.TrainingMoment;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Where a training was when it was saved, as texts of its optimizer's file.
 *
 * @param seed what the random numbers of each step are drawn from
 * @param rateFactor that learning rates have in the step that comes next
 * @param slots the names of the arrays that are remembered of each parameter: {@code exp_avg}, {@code exp_avg_sq}; in order
 * @param value of the evaluator by which the best is kept
 */
record TrainingState(TrainingMoment moment, long seed, double rateFactor, Set<String> slots, Optional<Double> value) {
    private static final String VERSION = "graft.training";
    private static final String NEWEST = "1";

    Map<String, String> texts() {
        Map<String, String> texts = new TreeMap<>();
        texts.put(VERSION, NEWEST);
        texts.put("graft.epochs", Long.toString(moment.epochs()));
        texts.put("graft.steps", Long.toString(moment.steps()));
        texts.put("graft.steps-of-epoch", Long.toString(moment.stepsOfEpoch()));
        texts.put("graft.seed", Long.toString(seed));
        texts.put("graft.rate-factor", Double.toString(rateFactor));
        texts.put("graft.optimizer", String.join(",", slots));
        value.ifPresent(best -> texts.put("graft.value", Double.toString(best)));
        return texts;
    }

    /**
     * That of a file that another program may have written.
     *
     * @throws CheckpointException if the texts are of a newer version
     */
    static Optional<TrainingState> find(Map<String, String> texts, Path file) {
        return texts.containsKey(VERSION) ? Optional.of(of(texts, file)) : Optional.empty();
    }

    /**
     * @throws CheckpointException if the texts are none of a training, or of a newer version
     */
    static TrainingState of(Map<String, String> texts, Path file) {
        String version = texts.get(VERSION);
        if (version == null) {
            throw refused(file, "it does not say where a training was", "give a folder that a training has saved");
        }
        if (!version.equals(NEWEST)) {
            throw refused(
                    file,
                    "it is of version " + version + " of saved trainings, and version " + NEWEST + " is known",
                    "update Graft");
        }
        try {
            return new TrainingState(
                    new TrainingMoment(
                            Long.parseLong(texts.get("graft.epochs")),
                            Long.parseLong(texts.get("graft.steps")),
                            Long.parseLong(texts.get("graft.steps-of-epoch"))),
                    Long.parseLong(texts.get("graft.seed")),
                    Double.parseDouble(texts.getOrDefault("graft.rate-factor", "1")),
                    slots(texts.getOrDefault("graft.optimizer", "")),
                    Optional.ofNullable(texts.get("graft.value")).map(Double::valueOf));
        } catch (NumberFormatException damaged) {
            throw refused(file, "where the training was is no number", "give another one that it has saved");
        }
    }

    private static Set<String> slots(String joined) {
        return joined.isEmpty() ? Set.of() : new LinkedHashSet<>(List.of(joined.split(",")));
    }

    private static CheckpointException refused(Path file, String detail, String help) {
        return new CheckpointException(CheckpointException.Reason.UNSUPPORTED, file, detail, help);
    }
}
