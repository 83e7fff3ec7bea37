package io.graft.modifiers.quantization.layout;

import io.graft.checkpoint.BoundedText;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What the configuration beside a model says of its codes.
 *
 * @param method {@code fp8}, {@code gptq}, {@code compressed-tensors}, {@code fbgemm_fp8}, {@code modelopt}; empty if it says nothing
 * @param block rows and columns that share a scale; empty if it names none
 * @param dtype of the model
 * @param ignored the modules that it says are not quantized
 * @param says all of it
 */
record Quantization(
        String method, Optional<Block> block, DType dtype, Predicate<String> ignored, Map<String, Object> says) {
    private static final List<String> IGNORED = List.of(
            "modules_to_not_convert",
            "ignored_layers",
            "ignore",
            "exclude_modules",
            "llm_int8_skip_modules",
            "skip_modules");

    /** Rows and columns of a block. */
    record Block(long rows, long columns) {
        private static final long LARGEST = 1 << 24;

        static Optional<Block> of(List<Long> sizes) {
            return sizes.size() == 2 && sizes.stream().allMatch(size -> size > 0 && size <= LARGEST)
                    ? Optional.of(new Block(sizes.get(0), sizes.get(1)))
                    : Optional.empty();
        }

        @Override
        public String toString() {
            return "[" + rows + ", " + columns + "]";
        }
    }

    static Quantization of(ModelConfiguration configuration) {
        Map<String, Object> says = configuration.quantization().orElse(Map.of());
        List<Predicate<String>> ignored = new ArrayList<>();
        IGNORED.forEach(key -> ModelConfiguration.texts(says, key).forEach(entry -> ignored.add(modules(entry))));
        return new Quantization(
                ModelConfiguration.text(says, "quant_method").orElse(""),
                block(says),
                configuration.dtype().orElse(DType.BF16),
                // put together once, for every tensor is asked about
                ignored.stream().reduce(module -> false, Predicate::or),
                says);
    }

    private static Optional<Block> block(Map<String, Object> says) {
        return ModelConfiguration.wholes(says, "weight_block_size")
                .flatMap(Block::of)
                .or(() -> ModelConfiguration.object(says, "config_groups")
                        .flatMap(groups -> groups.keySet().stream()
                                .flatMap(group -> ModelConfiguration.object(groups, group).stream())
                                .flatMap(group -> ModelConfiguration.object(group, "weights").stream())
                                .flatMap(weights -> ofGroup(weights).stream())
                                .findFirst()));
    }

    private static Optional<Block> ofGroup(Map<String, Object> weights) {
        return ModelConfiguration.wholes(weights, "block_structure")
                .flatMap(Block::of)
                .or(() -> ModelConfiguration.whole(weights, "group_size").flatMap(size -> Block.of(List.of(1L, size))));
    }

    /** Bits of a code. */
    Optional<Long> bits() {
        return ModelConfiguration.whole(says, "bits")
                .or(() -> ofWeights(weights -> ModelConfiguration.whole(weights, "num_bits")))
                .filter(bits -> bits >= 1 && bits <= Byte.SIZE);
    }

    /** Whether codes have no zero points. */
    Optional<Boolean> isSymmetric() {
        return ofWeights(weights -> Optional.ofNullable(weights.get("symmetric")))
                .filter(Boolean.class::isInstance)
                .map(Boolean.class::cast);
    }

    /** What all groups of a configuration of compressed-tensors agree in; empty if they do not. */
    private <T> Optional<T> ofWeights(Function<Map<String, Object>, Optional<T>> what) {
        List<Optional<T>> said = ModelConfiguration.object(says, "config_groups")
                .map(groups -> groups.keySet().stream()
                        .flatMap(group -> ModelConfiguration.object(groups, group).stream())
                        .flatMap(group -> ModelConfiguration.object(group, "weights").stream())
                        .map(what)
                        .distinct()
                        .toList())
                .orElse(List.of());
        return said.size() == 1 ? said.get(0) : Optional.empty();
    }

    /** Whether it says anything. */
    boolean isPresent() {
        return !says.isEmpty();
    }

    /** Whether a module is one that it says is not quantized. */
    boolean ignores(String module) {
        return ignored.test(module);
    }

    /** The modules that an entry of a list means. */
    private static Predicate<String> modules(String entry) {
        boolean isExpression = entry.startsWith("re:") || entry.endsWith("$");
        if (!isExpression) {
            return module -> module.equals(entry) || module.startsWith(entry + ".");
        }
        try {
            Pattern pattern = Pattern.compile(entry.startsWith("re:") ? entry.substring(3) : entry);
            return module -> matches(pattern, module);
        } catch (PatternSyntaxException | StackOverflowError unusable) {
            return module -> false;
        }
    }

    private static boolean matches(Pattern pattern, String module) {
        try {
            return pattern.matcher(new BoundedText(module)).matches();
        } catch (BoundedText.TooSlowException | StackOverflowError endless) {
            return false;
        }
    }
}
