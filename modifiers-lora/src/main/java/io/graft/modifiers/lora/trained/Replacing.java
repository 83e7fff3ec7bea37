package io.graft.modifiers.lora.trained;

import io.graft.lora.dialect.AdapterSource;
import io.graft.lora.dialect.AdapterTensor;
import io.graft.model.DraftTensor;
import io.graft.modifiers.lora.config.AdapterConfig;
import io.graft.modifiers.lora.edit.Edit;
import io.graft.modifiers.lora.edit.Findings;
import io.graft.modifiers.lora.placing.NameMapping;
import io.graft.modifiers.lora.reading.AdapterTensors;
import io.graft.modifiers.lora.use.UpdateUse;
import io.graft.modifiers.lora.value.CarriedBase;
import io.graft.modifiers.lora.value.FiniteTensor;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.LazyTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the place of each tensor that the adapter holds whole: saved modules, biases, and bases that it carries along. */
public final class Replacing {
    private final AdapterConfig config;
    private final UpdateUse use;
    private final AdapterSource source;
    private final NameMapping names;
    private final Findings findings;

    public Replacing(AdapterConfig config, UpdateUse use, AdapterSource source, NameMapping names, Findings findings) {
        this.config = config;
        this.use = use;
        this.source = source;
        this.names = names;
        this.findings = findings;
    }

    public List<Edit> plan(AdapterTensors adapter) {
        List<Edit> edits = new ArrayList<>();
        List<String> homeless = new ArrayList<>();
        adapter.whole().forEach((name, entry) -> {
            Optional<DraftTensor> target = names.find(name);
            if (target.isPresent()) {
                if (fits(entry, target.get())) {
                    replace(name, entry, target.get(), edits);
                }
            } else if (config.saved().contain(name)) {
                use.added(names.nameInModel(name), entry, new FiniteTensor(source, entry))
                        .ifPresent(edits::add);
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

    private void replace(String name, AdapterTensor entry, DraftTensor target, List<Edit> edits) {
        boolean trained = name.endsWith(".bias") || config.saved().contain(name);
        LazyTensor value = new FiniteTensor(source, entry);
        if (trained) {
            edits.add(use.saved(target, entry.module(), value));
        } else if (new CarriedBase(source, entry).isThatOf(target)) {
            // What the factors were trained on.
            findings.unused(entry.key(), "the model has the same values");
        } else {
            use.carried(entry, target, value).ifPresent(edits::add);
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
        return true;
    }
}
