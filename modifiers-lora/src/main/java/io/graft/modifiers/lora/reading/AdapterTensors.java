package io.graft.modifiers.lora.reading;

import io.graft.lora.dialect.Adapter;
import io.graft.lora.dialect.AdapterTensor;
import io.graft.lora.dialect.AdapterUpdate;
import io.graft.modifiers.lora.edit.Findings;
import io.graft.problem.ProblemCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tensors of an adapter, by what they are for.
 *
 * @param updates low-rank updates, in the file's order
 * @param rows trained rows of embeddings
 * @param whole tensors that replace those of the model, by their names there
 * @param unused keys of tensors that the adapter keeps and that nothing needs, and what each of them is
 */
public record AdapterTensors(
        List<LowRank> updates, List<TokenRows> rows, Map<String, AdapterTensor> whole, Map<String, String> unused) {
    private static final String SAVED = ".modules_to_save.";
    private static final String ORIGINAL = ".original_module.";
    private static final String OF_TRAINING = ".lora_velora_";

    /** Groups the tensors; empty if that fails, which is told. */
    public static Optional<AdapterTensors> of(Adapter adapter, Findings findings) {
        List<AdapterTensor> empty = adapter.tensors().stream()
                .filter(tensor -> tensor.shape().elementCount() == 0)
                .toList();
        if (!empty.isEmpty()) {
            reportEmpty(empty, findings);
            return Optional.empty();
        }
        AdapterTensors tensors =
                new AdapterTensors(new ArrayList<>(), new ArrayList<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
        adapter.updates(findings::error).forEach(update -> tensors.updates.add(new LowRank(update)));
        // Copies after what they are copies of.
        adapter.others().stream()
                .sorted(Comparator.comparing(tensor -> tensor.module().contains(SAVED)))
                .forEach(tensor -> tensors.add(tensor, findings));
        return findings.failed() ? Optional.empty() : Optional.of(tensors);
    }

    private static void reportEmpty(List<AdapterTensor> empty, Findings findings) {
        findings.error(
                ProblemCode.SHAPE_MISMATCH,
                empty.size() + " tensors of the adapter are empty, such as `"
                        + empty.get(0).key() + "` of shape "
                        + empty.get(0).shape()
                        + ": a training on several devices (DeepSpeed ZeRO-3, FSDP) saved them without gathering their parts",
                "gather the parameters before saving, or rebuild them with DeepSpeed's zero_to_fp32.py");
    }

    private void add(AdapterTensor tensor, Findings findings) {
        String name = tensor.module();
        if (tensor.slot().equals(AdapterTensor.ROWS)) {
            rows.add(new TokenRows(AdapterUpdate.withoutWrappers(name), tensor));
        } else if (!tensor.slot().equals(AdapterTensor.SAVED)) {
            findings.error(
                    ProblemCode.UNEXPECTED_TENSOR,
                    "`" + tensor.key() + "` is a `" + tensor.slot() + "`, which is of another method than LoRA",
                    "merge it with what trained it");
        } else if (name.contains(OF_TRAINING)) {
            unused.put(tensor.key(), "of use to the training only");
        } else if (name.contains(ORIGINAL)) {
            unused.put(tensor.key(), "the module as it was before training");
        } else if (!isCopy(AdapterUpdate.withoutWrappers(name))) {
            whole.put(AdapterUpdate.withoutWrappers(name).replace(SAVED, "."), tensor);
        }
    }

    /** Whether a trained copy stands under its plain name too, as with {@code bias = all}; inside of a module it has the adapter's name. */
    private boolean isCopy(String name) {
        int at = name.indexOf(SAVED);
        if (at < 0) {
            return false;
        }
        String module = name.substring(0, at + 1);
        String within = name.substring(at + SAVED.length());
        return whole.containsKey(module + within)
                || whole.containsKey(module + within.substring(within.indexOf('.') + 1));
    }
}
