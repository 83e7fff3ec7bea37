package io.graft.modifiers.lora;

import io.graft.SourceCheckpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.problem.ProblemCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tensors of an adapter, by what they are for.
 *
 * @param updates low-rank updates, in the file's order
 * @param whole tensors that replace those of the model, by their names there
 * @param originals keys of tensors that the adapter keeps beside the trained ones, and that nothing needs
 */
record AdapterTensors(List<LowRank> updates, Map<String, TensorEntry> whole, List<String> originals) {
    private static final String PREFIX = "base_model.model.";
    private static final String BASE_LAYER = ".base_layer.";
    private static final String SAVED = ".modules_to_save.";
    private static final String ORIGINAL = ".original_module.";

    /** A tensor that is a part of an update, by the end of its key. */
    private enum Part {
        A(".lora_A.weight", false),
        B(".lora_B.weight", false),
        BIAS(".lora_B.bias", false),
        EMBEDDING_A(".lora_embedding_A", true),
        EMBEDDING_B(".lora_embedding_B", true);

        private final String suffix;
        private final boolean ofEmbedding;

        Part(String suffix, boolean ofEmbedding) {
            this.suffix = suffix;
            this.ofEmbedding = ofEmbedding;
        }

        static Optional<Part> of(String name) {
            for (Part part : values()) {
                if (name.endsWith(part.suffix)) {
                    return Optional.of(part);
                }
            }
            return Optional.empty();
        }
    }

    /** Groups the tensors; empty if that fails, which is told. */
    static Optional<AdapterTensors> of(SourceCheckpoint source, Findings findings) {
        Map<String, Map<Part, TensorEntry>> parts = new LinkedHashMap<>();
        Map<String, TensorEntry> whole = new LinkedHashMap<>();
        List<String> originals = new ArrayList<>();
        List<String> foreign = new ArrayList<>();
        for (TensorEntry entry : source.checkpoint().tensors().values()) {
            String key = entry.name();
            String name = key.startsWith(PREFIX) ? key.substring(PREFIX.length()) : "";
            Optional<Part> part = Part.of(name);
            if (part.isPresent()) {
                String module =
                        name.substring(0, name.length() - part.get().suffix.length());
                parts.computeIfAbsent(module, first -> new LinkedHashMap<>()).put(part.get(), entry);
            } else if (name.isEmpty() || name.contains(".lora_")) {
                foreign.add(key);
            } else if (name.contains(ORIGINAL)) {
                originals.add(key);
            } else {
                // The trained copy stands under its plain name too; both are the same.
                whole.putIfAbsent(name.replace(BASE_LAYER, ".").replace(SAVED, "."), entry);
            }
        }
        if (!foreign.isEmpty()) {
            findings.error(
                    ProblemCode.UNEXPECTED_TENSOR,
                    "`" + source.uri() + "` has " + foreign.size() + " tensors whose keys are not those of plain LoRA: "
                            + Names.some(foreign),
                    "the keys of an adapter that PEFT saved begin with `" + PREFIX
                            + "` and end in `.lora_A.weight`, `.lora_B.weight`, `.lora_embedding_A` or `.lora_embedding_B`");
        }
        List<LowRank> updates = new ArrayList<>();
        parts.forEach((module, found) -> pair(module, found, findings).ifPresent(updates::add));
        return findings.failed() ? Optional.empty() : Optional.of(new AdapterTensors(updates, whole, originals));
    }

    private static Optional<LowRank> pair(String module, Map<Part, TensorEntry> found, Findings findings) {
        boolean isEmbedding = found.keySet().stream().anyMatch(part -> part.ofEmbedding);
        TensorEntry a = found.get(isEmbedding ? Part.EMBEDDING_A : Part.A);
        TensorEntry b = found.get(isEmbedding ? Part.EMBEDDING_B : Part.B);
        if (a == null || b == null || found.size() > (found.containsKey(Part.BIAS) ? 3 : 2)) {
            findings.error(
                    ProblemCode.MISSING_TENSOR,
                    "`" + module + "` needs one pair of factors, and the adapter has "
                            + Names.all(found.values().stream()
                                    .map(TensorEntry::name)
                                    .toList()),
                    "save the adapter again with PEFT");
            return Optional.empty();
        }
        boolean fits = a.shape().rank() == 2
                && b.shape().rank() == 2
                && a.shape().dimension(0) == b.shape().dimension(1)
                && a.shape().dimension(0) > 0;
        if (!fits) {
            findings.error(
                    ProblemCode.SHAPE_MISMATCH,
                    "the factors of `" + module + "` have the shapes " + a.shape() + " and " + b.shape()
                            + "; [rank, in] and [out, rank] can be merged",
                    "merge adapters of convolutions with PEFT");
            return Optional.empty();
        }
        return Optional.of(new LowRank(module, isEmbedding, a, b, Optional.ofNullable(found.get(Part.BIAS))));
    }
}
