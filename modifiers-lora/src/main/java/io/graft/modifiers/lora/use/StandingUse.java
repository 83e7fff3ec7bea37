package io.graft.modifiers.lora.use;

import io.graft.layer.ModuleNames;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.lora.dialect.AdapterTensor;
import io.graft.model.DraftTensor;
import io.graft.model.parametrization.Applied;
import io.graft.model.parametrization.Parametrization;
import io.graft.modifiers.lora.config.ConfiguredModules;
import io.graft.modifiers.lora.edit.Edit;
import io.graft.modifiers.lora.edit.Findings;
import io.graft.modifiers.lora.update.Arrangement;
import io.graft.modifiers.lora.update.SavedTensor;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import io.graft.tensor.LazyTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Updates stand on the weights, as an adapter that is trained, switched and saved. */
public final class StandingUse implements UpdateUse {
    /** Parametrizations that do not add to what is below, so that two of them at once mean nothing. */
    private static final Set<String> ALONE = Set.of("dora", SavedTensor.ID, "trained-rows");

    private final String adapter;
    private final double weight;
    private final AdapterSettings settings;
    private final double dropout;
    private final Findings findings;
    private final List<String> saved = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();
    private final Map<String, String> given = new HashMap<>();

    /**
     * @param weight how much the adapter counts
     * @param settings what is written beside the adapter's tensors
     * @param dropout of inputs of linear layers
     */
    public StandingUse(String adapter, double weight, AdapterSettings settings, double dropout, Findings findings) {
        this.adapter = adapter;
        this.weight = weight;
        this.settings = settings;
        this.dropout = dropout;
        this.findings = findings;
    }

    @Override
    public Edit update(DraftTensor tensor, String path, boolean ofGroup, Parametrization update) {
        requireAlone(tensor, update);
        requireOnce(tensor, update);
        return new Edit(
                tensor.name(),
                ofGroup,
                draft -> draft.parametrize(tensor.name(), adapter, new OfAdapter(update, path, written())));
    }

    /** What is saved of this adapter again does not list modules that were left out. */
    private String written() {
        ModuleNames modules = ConfiguredModules.saved(settings);
        List<String> left = modules.entries().stream()
                .filter(entry -> leftOut.stream().noneMatch(entry.matcher())
                        || saved.stream().anyMatch(entry.matcher()))
                .map(ModuleNames.Entry::text)
                .toList();
        return left.size() == modules.entries().size()
                ? settings.json()
                : settings.with(Map.of(modules.key(), left)).json();
    }

    private void requireOnce(DraftTensor tensor, Parametrization update) {
        String other = given.putIfAbsent(tensor.name(), update.id());
        if (other != null) {
            findings.error(
                    ProblemCode.UNSUPPORTED_CHANGE,
                    "adapter",
                    "`" + tensor.name() + "` is adapted twice, by `" + other + "` and by `" + update.id()
                            + "`, and an adapter has one update for each tensor",
                    "leave out one of the two options that mean it, or merge an adapter that was trained so with"
                            + " lora-merge");
        }
    }

    private void requireAlone(DraftTensor tensor, Parametrization update) {
        if (weight == 0 || !ALONE.contains(update.id())) {
            return;
        }
        tensor.parametrizations().stream()
                .filter(Applied::isActive)
                .filter(other -> other.parametrization().id().equals(update.id()))
                .findFirst()
                .ifPresent(other -> findings.error(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "adapter",
                        "`" + tensor.name() + "` has the active adapter `" + other.adapter() + "` of `" + update.id()
                                + "`, and two of them at once have no meaning",
                        "put this one there inactive, weight = 0, and switch between them"));
    }

    @Override
    public Edit saved(DraftTensor tensor, String path, LazyTensor value) {
        saved.add(path);
        return update(tensor, path, false, SavedTensor.of("trained whole", value));
    }

    @Override
    public Optional<Edit> added(String name, AdapterTensor tensor, LazyTensor value) {
        leftOut.add(tensor.module());
        findings.leftOut(
                tensor.key(),
                "the model has no `" + name + "`, which the adapter saved",
                "give the model that module before, with replace-module, or merge the adapter with lora-merge");
        return Optional.empty();
    }

    @Override
    public Optional<Edit> carried(AdapterTensor carried, DraftTensor tensor, LazyTensor value) {
        findings.error(
                ProblemCode.UNSUPPORTED_CHANGE,
                "the adapter carries `" + tensor.name() + "` with other values than the model has",
                "the adapter was trained on another model; lora-merge takes its values");
        return Optional.empty();
    }

    @Override
    public void tellRefused() {
        // An adapter stands on whatever holds the values.
    }

    @Override
    public double dropout(Arrangement arrangement, boolean isEmbedding) {
        boolean isLinear = arrangement == Arrangement.LINEAR || arrangement == Arrangement.TRANSPOSED;
        return isLinear && !isEmbedding ? dropout : 0;
    }

    @Override
    public void tellOfDropout(List<String> convolutions) {
        if (dropout > 0 && !convolutions.isEmpty()) {
            findings.warn("the inputs of convolutions are not dropped, and PEFT drops them: "
                    + FirstFew.names(convolutions) + " are trained without the dropout of " + dropout);
        }
    }
}
