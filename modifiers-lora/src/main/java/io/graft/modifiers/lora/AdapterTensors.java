package io.graft.modifiers.lora;

import io.graft.SourceCheckpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.modifiers.lora.AdapterKey.Part;
import io.graft.problem.ProblemCode;
import io.graft.problem.Quoting;
import java.util.ArrayList;
import java.util.EnumMap;
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
record AdapterTensors(
        List<LowRank> updates, List<TokenRows> rows, Map<String, TensorEntry> whole, Map<String, String> unused) {
    private static final String SAVED = ".modules_to_save.";
    private static final String ORIGINAL = ".original_module.";
    private static final String OF_TRAINING = ".lora_velora_";

    /** Groups the tensors; empty if that fails, which is told. */
    static Optional<AdapterTensors> of(SourceCheckpoint source, Findings findings) {
        AdapterTensors adapter =
                new AdapterTensors(new ArrayList<>(), new ArrayList<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
        Map<Place, Map<Part, TensorEntry>> parts = new LinkedHashMap<>();
        List<String> foreign = new ArrayList<>();
        List<TensorEntry> empty = new ArrayList<>();
        for (TensorEntry entry : source.checkpoint().tensors().values()) {
            String key = entry.name();
            String name = key.startsWith(AdapterKey.PREFIX) ? key.substring(AdapterKey.PREFIX.length()) : "";
            Optional<AdapterKey> part = AdapterKey.of(name);
            if (entry.shape().elementCount() == 0) {
                empty.add(entry);
            } else if (part.isPresent()) {
                parts.computeIfAbsent(Place.of(part.get()), first -> new EnumMap<>(Part.class))
                        .put(part.get().part(), entry);
            } else if (name.contains(OF_TRAINING)) {
                adapter.unused.put(key, "of use to the training only");
            } else if (name.isEmpty() || name.contains(".lora_")) {
                foreign.add(key);
            } else if (name.contains(ORIGINAL)) {
                adapter.unused.put(key, "the module as it was before training");
            } else {
                // The trained copy stands under its plain name too; both are the same.
                adapter.whole.putIfAbsent(AdapterKey.withoutWrappers(name).replace(SAVED, "."), entry);
            }
        }
        ForeignKeys.report(source.uri(), foreign, findings);
        reportEmpty(empty, findings);
        if (empty.isEmpty()) {
            parts.forEach((place, found) -> adapter.add(place, found, findings));
        }
        return findings.failed() ? Optional.empty() : Optional.of(adapter);
    }

    /** Where tensors belong together. */
    private record Place(String module, String target, int depth) {
        static Place of(AdapterKey key) {
            return new Place(key.module(), key.target(), key.depth());
        }
    }

    private static void reportEmpty(List<TensorEntry> empty, Findings findings) {
        if (!empty.isEmpty()) {
            findings.error(
                    ProblemCode.SHAPE_MISMATCH,
                    empty.size() + " tensors of the adapter are empty, such as `"
                            + empty.get(0).name() + "` of shape "
                            + empty.get(0).shape()
                            + ": a training on several devices (DeepSpeed ZeRO-3, FSDP) saved them without gathering their parts",
                    "gather the parameters before saving, or rebuild them with DeepSpeed's zero_to_fp32.py");
        }
    }

    private void add(Place place, Map<Part, TensorEntry> found, Findings findings) {
        TensorEntry trained = found.remove(Part.ROWS);
        if (trained != null) {
            rows.add(new TokenRows(place.module(), trained));
        }
        if (!found.isEmpty()) {
            pair(place, found, findings).ifPresent(updates::add);
        }
    }

    private static Optional<LowRank> pair(Place place, Map<Part, TensorEntry> found, Findings findings) {
        List<String> keys = found.values().stream().map(TensorEntry::name).toList();
        boolean isEmbedding = found.containsKey(Part.EMBEDDING_A) || found.containsKey(Part.EMBEDDING_B);
        TensorEntry a = found.remove(isEmbedding ? Part.EMBEDDING_A : Part.A);
        TensorEntry b = found.remove(isEmbedding ? Part.EMBEDDING_B : Part.B);
        Optional<TensorEntry> bias = Optional.ofNullable(found.remove(Part.BIAS));
        Optional<TensorEntry> magnitude = Optional.ofNullable(found.remove(Part.MAGNITUDE))
                .or(() -> Optional.ofNullable(found.remove(Part.MAGNITUDE_OF_MODULE)));
        if (a == null || b == null || !found.isEmpty()) {
            findings.error(
                    ProblemCode.MISSING_TENSOR,
                    "`" + place.module() + "` needs one pair of factors, and the adapter has " + Quoting.names(keys),
                    "save the adapter again with PEFT");
            return Optional.empty();
        }
        LowRank update = new LowRank(place.module(), place.target(), place.depth(), isEmbedding, a, b, bias, magnitude);
        if (!update.isPair()) {
            findings.error(
                    ProblemCode.SHAPE_MISMATCH,
                    "the factors of `" + place.module() + "` have the shapes " + a.shape() + " and " + b.shape()
                            + ", and are no pair: [rank, in] and [out, rank], for a convolution [rank, in, kernel...] and"
                            + " [out, rank, 1...]",
                    "save the adapter again with PEFT");
            return Optional.empty();
        }
        return Optional.of(update);
    }
}
