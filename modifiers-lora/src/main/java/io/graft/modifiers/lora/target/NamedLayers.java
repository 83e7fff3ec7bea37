package io.graft.modifiers.lora.target;

import io.graft.layer.LayerKind;
import io.graft.layer.LayerKinds;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.training.TensorKind;
import io.graft.model.tree.DottedPath;
import io.graft.modifiers.lora.edit.Findings;
import io.graft.modifiers.lora.update.Factors;
import io.graft.problem.ProblemCode;
import io.graft.problem.Spelling;
import java.util.Optional;

/** The layers that modules which somebody named are; one that cannot be adapted is told. */
public final class NamedLayers {
    private final ModelDraft model;
    private final LayerKinds kinds;
    private final Findings findings;

    public NamedLayers(ModelDraft model, LayerKinds kinds, Findings findings) {
        this.model = model;
        this.kinds = kinds;
        this.findings = findings;
    }

    /** @param entry what names the module */
    public Optional<Layer> find(String module, String entry) {
        Optional<DraftTensor> found =
                model.find(module + ".weight").filter(tensor -> tensor.kind() == TensorKind.PARAMETER);
        if (found.isEmpty()) {
            return unsupported(module, entry, "has no weight");
        }
        DraftTensor weight = found.get();
        Optional<LayerKind> kind = kinds.of(module, weight);
        if (kind.isEmpty()) {
            return unsupported(module, entry, unknown(module, weight));
        }
        int rank = weight.shape().rank();
        if (kind.get() == LayerKind.CONVOLUTION ? rank < 3 : rank != 2) {
            return unsupported(
                    module,
                    entry,
                    "is said to be " + Spelling.of(kind.get()) + ", and its weight has the shape " + weight.shape());
        }
        return Optional.of(new Layer(module, module, entry, weight, kind.get()));
    }

    /** Whether updates of a tensor can be computed; if not, that is told. */
    public boolean isComputable(DraftTensor tensor) {
        if (Factors.areComputable(tensor.dtype())) {
            return true;
        }
        findings.error(
                ProblemCode.UNSUPPORTED_CHANGE,
                "target-modules",
                "`" + tensor.name() + "` is " + tensor.dtype() + "; F16, BF16, F32 and F64 can be adapted",
                "cast it before");
        return false;
    }

    private String unknown(String module, DraftTensor weight) {
        String type = model.tree().moduleType(module);
        if (!type.isEmpty()) {
            return "is a " + type;
        }
        return weight.shape().rank() == 2
                ? "may be linear, transposed or an embedding: neither the model's config.json nor a bias tells"
                : "has a weight of the shape " + weight.shape() + ", which is that of no layer that can be adapted";
    }

    private Optional<Layer> unsupported(String module, String entry, String why) {
        boolean mayBeSaid = why.startsWith("may be ");
        findings.error(
                ProblemCode.UNSUPPORTED_CHANGE,
                "target-modules",
                "`" + module + "`, which `" + entry + "` names, " + why,
                mayBeSaid
                        ? "say it: layers { \"**." + DottedPath.last(module) + "\" = linear }"
                        : "linear layers, embeddings and convolutions can be adapted; exclude-modules leaves others out");
        return Optional.empty();
    }
}
