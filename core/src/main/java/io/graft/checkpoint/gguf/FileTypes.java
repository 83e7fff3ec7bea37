package io.graft.checkpoint.gguf;

import io.graft.checkpoint.write.OutputTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code general.file_type} says: the type that most of a file's numbers have, as {@code llama_ftype} of llama.cpp numbers it. A type of blocks
 * has several numbers where llama.cpp mixes it with others in several ways.
 */
final class FileTypes {
    /** The number of a file that is not known to be a mixture comes first. */
    private static final Map<String, List<Integer>> NUMBERS = Map.ofEntries(
            Map.entry("F32", List.of(0)),
            Map.entry("F16", List.of(1)),
            Map.entry("Q4_0", List.of(2)),
            Map.entry("Q4_1", List.of(3)),
            Map.entry("Q8_0", List.of(7)),
            Map.entry("Q5_0", List.of(8)),
            Map.entry("Q5_1", List.of(9)),
            Map.entry("Q2_K", List.of(10, 21)),
            Map.entry("Q3_K", List.of(11, 12, 13)),
            Map.entry("Q4_K", List.of(14, 15)),
            Map.entry("Q5_K", List.of(16, 17)),
            Map.entry("Q6_K", List.of(18)),
            Map.entry("IQ2_XXS", List.of(19)),
            Map.entry("IQ2_XS", List.of(20)),
            Map.entry("IQ3_XXS", List.of(23, 22)),
            Map.entry("IQ1_S", List.of(24)),
            Map.entry("IQ4_NL", List.of(25)),
            Map.entry("IQ3_S", List.of(26, 27)),
            Map.entry("IQ2_S", List.of(28, 29)),
            Map.entry("IQ4_XS", List.of(30)),
            Map.entry("IQ1_M", List.of(31)),
            Map.entry("BF16", List.of(32)),
            Map.entry("TQ1_0", List.of(36)),
            Map.entry("TQ2_0", List.of(37)),
            Map.entry("MXFP4", List.of(38)),
            Map.entry("NVFP4", List.of(39)),
            Map.entry("Q1_0", List.of(40)));

    private FileTypes() {}

    /**
     * The number of a file of such tensors; empty if llama.cpp has none.
     *
     * @param before what is said of a file of the same tensors in other types, which stays if it is true of these
     */
    static Optional<Integer> of(List<OutputTensor> tensors, String before) {
        Map<String, Long> elements = new HashMap<>();
        for (OutputTensor tensor : tensors) {
            GgufType type = GgufType.of(tensor);
            elements.merge(type.name(), type.elements(tensor.shape()).elementCount(), Math::addExact);
        }
        String most = elements.entrySet().stream()
                .max(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .orElseThrow()
                .getKey();
        List<Integer> numbers = NUMBERS.getOrDefault(most, List.of());
        return numbers.stream()
                .filter(number -> before.equals(String.valueOf(number)))
                .findFirst()
                .or(() -> numbers.stream().findFirst());
    }
}
