package io.graft.modifiers.lora;

import io.graft.lora.dialect.AdapterSource;
import io.graft.lora.dialect.AdapterTensor;
import io.graft.model.Change;
import io.graft.model.DraftTensor;
import io.graft.model.Parametrization;
import io.graft.model.TensorKind;
import io.graft.modifiers.lora.config.AdapterConfig;
import io.graft.modifiers.lora.update.SavedTensor;
import io.graft.modifiers.lora.update.Weighted;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.LazyTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the place of each tensor that the adapter holds whole: saved modules, biases, and bases that it carries along. */
final class Replacing {
    private final AdapterConfig config;
    private final double weight;
    private final AdapterSource source;
    private final NameMapping names;
    private final Findings findings;

    /** @param weight how much of what was trained counts */
    Replacing(AdapterConfig config, double weight, AdapterSource source, NameMapping names, Findings findings) {
        this.config = config;
        this.weight = weight;
        this.source = source;
        this.names = names;
        this.findings = findings;
    }

    List<Edit> plan(AdapterTensors adapter) {
        List<Edit> edits = new ArrayList<>();
        List<String> homeless = new ArrayList<>();
        adapter.whole().forEach((name, entry) -> {
            Optional<DraftTensor> target = names.find(name);
            if (target.isPresent()) {
                if (fits(entry, target.get())) {
                    replace(name, entry, target.get(), edits);
                }
            } else if (config.saved().contain(name)) {
                add(names.nameInModel(name), new FiniteTensor(source, entry), edits);
            } else {
                homeless.add(name);
            }
        });
        if (!homeless.isEmpty()) {
            findings.error(
                    ProblemCode.UNEXPECTED_TENSOR,
                    "the adapter holds tensors that have no place in the model: " + FirstFew.names(homeless),
                    names.nearest(homeless.get(0)));
        }
        return edits;
    }

    private void add(String name, LazyTensor value, List<Edit> edits) {
        findings.warn("the model has no `" + name + "`, which the adapter's `"
                + config.saved().key() + "` saved: it is added");
        edits.add(Edit.of(name, draft -> draft.add(name, TensorKind.PARAMETER, value)));
    }

    private void replace(String name, AdapterTensor entry, DraftTensor target, List<Edit> edits) {
        boolean trained = name.endsWith(".bias") || config.saved().contain(name);
        LazyTensor value = new FiniteTensor(source, entry);
        if (!trained) {
            carry(entry, value, target, edits);
        } else if (weight == 1) {
            if (target.changes().stream().anyMatch(Change::givesValues)) {
                findings.warn("`" + target.name()
                        + "` got values from a modifier before, which those that the adapter saved replace");
            }
            edits.add(Edit.of(target.name(), draft -> draft.assign(target.name(), value)));
        } else {
            Parametrization update = SavedTensor.of("take what is saved in " + source.uri(), value);
            edits.add(Edit.of(target.name(), draft -> draft.fold(target.name(), Weighted.of(update, weight))));
        }
    }

    /** What the factors were trained on. */
    private void carry(AdapterTensor entry, LazyTensor value, DraftTensor target, List<Edit> edits) {
        if (new CarriedBase(source, entry).isThatOf(target)) {
            findings.unused(entry.key(), "the model has the same values");
        } else if (target.changes().stream().anyMatch(Change.Folded.class::isInstance)) {
            findings.error(
                    ProblemCode.UNSUPPORTED_CHANGE,
                    "the adapter carries `" + target.name()
                            + "` with other values than the model had: they would undo what another adapter has changed there",
                    "merge this adapter first, or one that was trained on the same model");
        } else {
            findings.warn("the adapter carries `" + target.name()
                    + "` with other values than the model has; those of the adapter are taken");
            edits.add(Edit.of(target.name(), draft -> draft.assign(target.name(), value)));
        }
    }

    private boolean fits(AdapterTensor entry, DraftTensor target) {
        if (!entry.shape().equals(target.shape())) {
            findings.error(
                    ProblemCode.SHAPE_MISMATCH,
                    "`" + target.name() + "` does not fit: " + entry.shape() + " in the adapter, " + target.shape()
                            + " in the model",
                    "the adapter was trained on another model, or on one with another head or vocabulary");
            return false;
        }
        if (entry.dtype() != target.dtype() && !DTypeConversion.isSupported(entry.dtype(), target.dtype())) {
            findings.error(
                    ProblemCode.UNSUPPORTED_CHANGE,
                    "`" + target.name() + "` is " + target.dtype() + " in the model and " + entry.dtype()
                            + " in the adapter, which cannot be converted",
                    "");
            return false;
        }
        return findings.isEditable(target);
    }
}
