package io.graft.modifiers.lora.use;

import io.graft.lora.dialect.AdapterSource;
import io.graft.lora.dialect.AdapterTensor;
import io.graft.model.Change;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.training.TensorKind;
import io.graft.modifiers.lora.config.AdapterConfig;
import io.graft.modifiers.lora.edit.Edit;
import io.graft.modifiers.lora.edit.Findings;
import io.graft.modifiers.lora.update.Arrangement;
import io.graft.modifiers.lora.update.SavedTensor;
import io.graft.modifiers.lora.update.Weighted;
import io.graft.problem.ProblemCode;
import io.graft.tensor.LazyTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** Updates become part of the weights. */
public final class MergedUse implements UpdateUse {
    private final double weight;
    private final boolean requantize;
    private final OptionalDouble maxError;
    private final AdapterConfig config;
    private final AdapterSource source;
    private final Findings findings;

    /** Tensors that stay stored and cannot hold their update, by the reason. */
    private final Map<String, List<String>> refused = new LinkedHashMap<>();

    /**
     * @param weight how much of the updates counts; never 0
     * @param requantize whether stored weights stay stored
     * @param maxError how much of these may be lost; empty for what may be lost now
     */
    public MergedUse(
            double weight,
            boolean requantize,
            OptionalDouble maxError,
            AdapterConfig config,
            AdapterSource source,
            Findings findings) {
        this.weight = weight;
        this.requantize = requantize;
        this.maxError = maxError;
        this.config = config;
        this.source = source;
        this.findings = findings;
    }

    @Override
    public void tellRefused() {
        refused.forEach((why, names) -> findings.error(
                ProblemCode.UNSUPPORTED_CHANGE,
                "requantize",
                "`" + names.get(0) + "` " + why + othersOf(names),
                "leave requantize out: the weights that the adapter changes become plain numbers then"));
    }

    private static String othersOf(List<String> names) {
        return names.size() == 1
                ? ""
                : "; the same holds for "
                        + names.stream().skip(1).map(name -> "`" + name + "`").collect(Collectors.joining(", "));
    }

    @Override
    public Edit update(DraftTensor tensor, String path, boolean ofGroup, Parametrization update) {
        return new Edit(tensor.name(), ofGroup, draft -> merge(draft, tensor.name(), Weighted.of(update, weight)));
    }

    private void merge(ModelDraft draft, String name, Parametrization update) {
        if (staysStored(draft.find(name).orElseThrow())) {
            requantize(draft, name, update);
        } else {
            foldStorage(draft, name);
            draft.fold(name, update);
        }
    }

    /** A layout says what it cannot hold when it is given it, which it is once. */
    private void requantize(ModelDraft draft, String name, Parametrization update) {
        try {
            draft.requantize(name, update, maxError);
        } catch (IllegalArgumentException refusal) {
            refused.computeIfAbsent(refusal.getMessage(), why -> new ArrayList<>())
                    .add(name);
        }
    }

    private void assign(ModelDraft draft, String name, LazyTensor value) {
        foldStorage(draft, name);
        draft.assign(name, value);
    }

    /** One that another modifier put there, too: the adapter was trained on what it holds. */
    private static void foldStorage(ModelDraft draft, String name) {
        draft.find(name).flatMap(DraftTensor::storage).ifPresent(storage -> draft.foldStorage(name));
    }

    private boolean staysStored(DraftTensor tensor) {
        return requantize && tensor.storage().isPresent();
    }

    @Override
    public Edit saved(DraftTensor tensor, String path, LazyTensor value) {
        if (weight != 1 || staysStored(tensor)) {
            return update(tensor, path, false, SavedTensor.of("take what is saved in " + source.uri(), value));
        }
        if (tensor.changes().stream().anyMatch(Change::givesValues)) {
            findings.warn("`" + tensor.name()
                    + "` got values from a modifier before, which those that the adapter saved replace");
        }
        return Edit.of(tensor.name(), draft -> assign(draft, tensor.name(), value));
    }

    @Override
    public Optional<Edit> added(String name, AdapterTensor tensor, LazyTensor value) {
        findings.warn("the model has no `" + name + "`, which the adapter's `"
                + config.saved().key() + "` saved: it is added");
        return Optional.of(Edit.of(name, draft -> draft.add(name, TensorKind.PARAMETER, value)));
    }

    @Override
    public Optional<Edit> carried(AdapterTensor carried, DraftTensor tensor, LazyTensor value) {
        if (tensor.changes().stream().anyMatch(Change.Folded.class::isInstance)) {
            findings.error(
                    ProblemCode.UNSUPPORTED_CHANGE,
                    "the adapter carries `" + tensor.name()
                            + "` with other values than the model had: they would undo what another adapter has changed there",
                    "merge this adapter first, or one that was trained on the same model");
            return Optional.empty();
        }
        findings.warn("the adapter carries `" + tensor.name()
                + "` with other values than the model has; those of the adapter are taken");
        return Optional.of(
                staysStored(tensor)
                        ? update(tensor, "", false, SavedTensor.of("take what is carried in " + source.uri(), value))
                        : Edit.of(tensor.name(), draft -> assign(draft, tensor.name(), value)));
    }

    @Override
    public double dropout(Arrangement arrangement, boolean isEmbedding) {
        return 0;
    }

    @Override
    public void tellOfDropout(List<String> convolutions) {
        // Nothing is trained.
    }
}
