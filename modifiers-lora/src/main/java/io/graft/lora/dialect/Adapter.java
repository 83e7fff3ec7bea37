package io.graft.lora.dialect;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An adapter of one model, whatever dialect it was read from.
 *
 * @param section which model of several it is for, as diffusers names them ({@code unet}); empty where a file is of one model
 * @param isFlat whether the dots in the names of modules are lost, and underscores in their place
 * @param tensors in the order of the file
 * @param settings what it says about them, under the names of PEFT's configuration
 * @param base the weights that it was made for
 */
public record Adapter(
        String section, boolean isFlat, List<AdapterTensor> tensors, AdapterSettings settings, AdapterBase base) {
    public Adapter {
        tensors = List.copyOf(tensors);
    }

    /** One that tells nothing of the weights that it was made for. */
    public Adapter(String section, boolean isFlat, List<AdapterTensor> tensors, AdapterSettings settings) {
        this(section, isFlat, tensors, settings, AdapterBase.UNKNOWN);
    }

    /** One of a file of one model. */
    public Adapter(List<AdapterTensor> tensors, AdapterSettings settings) {
        this("", false, tensors, settings);
    }

    /**
     * One made of plain updates, with settings by which PEFT reads it.
     *
     * @param location where it comes from, for messages
     * @param alphas the numerator of each update's scale, {@code alpha / rank}, by its path
     * @param more further settings
     */
    public static Adapter of(
            String section,
            String location,
            List<AdapterUpdate> updates,
            Map<String, Double> alphas,
            Map<String, ?> more) {
        Map<String, Integer> ranks = new LinkedHashMap<>();
        List<AdapterTensor> tensors = new ArrayList<>();
        for (AdapterUpdate update : updates) {
            ranks.put(update.path(), Math.toIntExact(update.rank()));
            tensors.addAll(update.tensors());
        }
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("peft_type", "LORA");
        values.put("target_modules", List.copyOf(ranks.keySet()));
        values.putAll(more);
        return new Adapter(
                section, false, tensors, AdapterSettings.of(location, values).withRanks(ranks, alphas));
    }

    /** The same where its names have lost their dots. */
    public Adapter flat() {
        return new Adapter(section, true, tensors, settings, base);
    }

    /** The same with other tensors. */
    public Adapter with(List<AdapterTensor> others, AdapterSettings otherSettings) {
        return new Adapter(section, isFlat, others, otherSettings, base);
    }

    /** The same, made for these weights. */
    public Adapter on(AdapterBase weights) {
        return new Adapter(section, isFlat, tensors, settings, weights);
    }

    /** The low-rank updates; those that are no pair of factors are told, and left out. */
    public List<AdapterUpdate> updates(AdapterProblems problems) {
        return Pairing.of(tensors, problems);
    }

    /**
     * The low-rank updates.
     *
     * @throws CheckpointException if some are no pair of factors
     */
    public List<AdapterUpdate> updates() {
        return updates((code, message, help) -> {
            throw settings.refusal(Reason.MALFORMED, message, help);
        });
    }

    /** The tensors that are of no low-rank update. */
    public List<AdapterTensor> others() {
        return tensors.stream()
                .filter(tensor -> !Pairing.isOfUpdate(tensor.slot()))
                .toList();
    }

    /**
     * What an update's product is multiplied by.
     *
     * @throws CheckpointException if the settings give it another rank than its factors, or several numbers
     */
    public double scale(AdapterUpdate update) {
        return settings.scale(update.target(), update.rank());
    }

    /** What an update's scale is in the usual terms: alpha divided by the rank. */
    public double alpha(AdapterUpdate update) {
        return settings.isRankStabilised()
                ? scale(update) * update.rank()
                : settings.alpha(update.target(), update.rank());
    }

    /** The adapter of a section, among several. */
    public static Optional<Adapter> find(List<Adapter> adapters, String section) {
        return adapters.stream()
                .filter(adapter -> adapter.section().equals(section))
                .findFirst();
    }
}
