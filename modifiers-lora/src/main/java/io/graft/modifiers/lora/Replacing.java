package io.graft.modifiers.lora;

import io.graft.SourceCheckpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DTypeConversion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the place of each tensor that the adapter holds whole: saved modules, and biases. */
final class Replacing {
    private final SourceCheckpoint source;
    private final NameMapping names;
    private final ModelDraft model;
    private final Findings findings;

    Replacing(SourceCheckpoint source, NameMapping names, ModelDraft model, Findings findings) {
        this.source = source;
        this.names = names;
        this.model = model;
        this.findings = findings;
    }

    List<Replacement> plan(AdapterTensors adapter) {
        List<Replacement> replacements = new ArrayList<>();
        List<String> homeless = new ArrayList<>();
        adapter.whole().forEach((name, entry) -> {
            Optional<String> target = names.find(name);
            if (target.isEmpty()) {
                homeless.add(name);
            } else {
                requireFit(entry, model.find(target.get()).orElseThrow());
                replacements.add(new Replacement(target.get(), source.tensor(entry)));
            }
        });
        if (!homeless.isEmpty()) {
            findings.error(
                    ProblemCode.UNEXPECTED_TENSOR,
                    "the adapter holds tensors that have no place in the model: " + FirstFew.names(homeless),
                    names.nearest(homeless.get(0)));
        }
        return replacements;
    }

    private void requireFit(TensorEntry entry, DraftTensor target) {
        if (!entry.shape().equals(target.shape())) {
            findings.error(
                    ProblemCode.SHAPE_MISMATCH,
                    "`" + target.name() + "` does not fit: " + entry.shape() + " in the adapter, " + target.shape()
                            + " in the model",
                    "the adapter was trained on another model, or on one with another head or vocabulary");
        } else if (entry.dtype() != target.dtype() && !DTypeConversion.isSupported(entry.dtype(), target.dtype())) {
            findings.error(
                    ProblemCode.UNSUPPORTED_CHANGE,
                    "`" + target.name() + "` is " + target.dtype() + " in the model and " + entry.dtype()
                            + " in the adapter, which cannot be converted",
                    "");
        }
    }
}
