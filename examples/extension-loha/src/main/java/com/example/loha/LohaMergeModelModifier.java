package com.example.loha;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.SourceCheckpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.ModelDraft;
import io.graft.problem.ProblemCode;
import io.graft.tensor.LazyTensor;
import java.util.List;
import java.util.Map;

/** Merges an adapter of the LoHa method, as PEFT saves it, into the weights that it was trained for. */
@Modifier("loha-merge")
public final class LohaMergeModelModifier implements ModelModifier {
    private static final String FIRST = ".hada_w1_a";

    private final LohaMergeOptions options;

    public LohaMergeModelModifier(LohaMergeOptions options) {
        this.options = options;
    }

    @Override
    public void apply(ModelDraft model, ModifierContext context) {
        SourceCheckpoint adapter = context.open(options.adapterPath());
        Map<String, TensorEntry> tensors = adapter.checkpoint().tensors();
        for (String key : tensors.keySet()) {
            if (!key.endsWith(FIRST)) {
                continue;
            }
            String module = key.substring(0, key.length() - FIRST.length());
            String weight = withoutPrefix(module) + ".weight";
            if (model.find(weight).isEmpty()) {
                context.error(
                        ProblemCode.UNEXPECTED_TENSOR,
                        "adapter-path",
                        "`" + key + "` is for `" + weight + "`, which the model does not have",
                        "set `prefix` to what stands before the model's names in the file");
            } else if (!tensors.keySet().containsAll(slots(module))) {
                context.error(
                        ProblemCode.MISSING_TENSOR,
                        "adapter-path",
                        "the adapter has `" + key + "` without the other three factors",
                        "save it again");
            } else {
                merge(weight, module, adapter, model, context);
            }
        }
    }

    private void merge(
            String weight, String module, SourceCheckpoint adapter, ModelDraft model, ModifierContext context) {
        LazyTensor[] factors = slots(module).stream()
                .map(name -> adapter.tensor(adapter.checkpoint().tensors().get(name)))
                .toArray(LazyTensor[]::new);
        double scale = options.alpha() / factors[0].shape().dimension(1);
        try {
            model.fold(weight, new Loha(factors[0], factors[1], factors[2], factors[3], scale));
        } catch (IllegalArgumentException misfit) {
            context.error(ProblemCode.SHAPE_MISMATCH, "adapter-path", "`" + module + "`: " + misfit.getMessage(), "");
        }
    }

    private static List<String> slots(String module) {
        return List.of(module + FIRST, module + ".hada_w1_b", module + ".hada_w2_a", module + ".hada_w2_b");
    }

    private String withoutPrefix(String module) {
        return module.startsWith(options.prefix())
                ? module.substring(options.prefix().length())
                : module;
    }
}
