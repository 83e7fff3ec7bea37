package io.graft.lora.dialect;

import io.graft.problem.ProblemCode;
import io.graft.problem.Quoting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Puts the factors of each update together. */
final class Pairing {
    private static final Set<String> SLOTS = Set.of(
            AdapterTensor.A,
            AdapterTensor.B,
            AdapterTensor.BIAS,
            AdapterTensor.EMBEDDING_A,
            AdapterTensor.EMBEDDING_B,
            AdapterTensor.MAGNITUDE);

    private Pairing() {}

    static boolean isOfUpdate(String slot) {
        return SLOTS.contains(slot);
    }

    static List<AdapterUpdate> of(List<AdapterTensor> tensors, AdapterProblems problems) {
        Map<String, Map<String, AdapterTensor>> byModule = new LinkedHashMap<>();
        tensors.stream()
                .filter(tensor -> isOfUpdate(tensor.slot()))
                .forEach(tensor -> byModule.computeIfAbsent(tensor.module(), first -> new LinkedHashMap<>())
                        .put(tensor.slot(), tensor));
        List<AdapterUpdate> updates = new ArrayList<>();
        byModule.forEach((path, slots) -> pair(path, slots, problems).ifPresent(updates::add));
        return updates;
    }

    private static Optional<AdapterUpdate> pair(
            String path, Map<String, AdapterTensor> found, AdapterProblems problems) {
        List<String> keys = found.values().stream().map(AdapterTensor::key).toList();
        String module = AdapterUpdate.withoutWrappers(path);
        boolean isEmbedding =
                found.containsKey(AdapterTensor.EMBEDDING_A) || found.containsKey(AdapterTensor.EMBEDDING_B);
        AdapterTensor a = found.remove(isEmbedding ? AdapterTensor.EMBEDDING_A : AdapterTensor.A);
        AdapterTensor b = found.remove(isEmbedding ? AdapterTensor.EMBEDDING_B : AdapterTensor.B);
        Optional<AdapterTensor> bias = Optional.ofNullable(found.remove(AdapterTensor.BIAS));
        Optional<AdapterTensor> magnitude = Optional.ofNullable(found.remove(AdapterTensor.MAGNITUDE));
        if (a == null || b == null || !found.isEmpty()) {
            problems.error(
                    ProblemCode.MISSING_TENSOR,
                    "`" + module + "` needs one pair of factors, and the adapter has " + Quoting.names(keys),
                    "save the adapter again");
            return Optional.empty();
        }
        AdapterUpdate update = new AdapterUpdate(path, isEmbedding, a, b, bias, magnitude);
        if (!update.isPair()) {
            problems.error(
                    ProblemCode.SHAPE_MISMATCH,
                    "the factors of `" + module + "` have the shapes " + a.shape() + " and " + b.shape()
                            + ", and are no pair: [rank, in] and [out, rank], for a convolution [rank, in, kernel...] and"
                            + " [out, rank, 1...]",
                    "save the adapter again");
            return Optional.empty();
        }
        return Optional.of(update);
    }
}
