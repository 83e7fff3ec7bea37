package io.graft.checkpoint.carry;

import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.tensor.DType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The {@code config.json} that goes along with a model, and what of it is untrue after a change. Whoever finds something asks for corrections; nothing
 * is changed here.
 *
 * @param text as it is beside the model
 */
public record CarriedConfig(ConfigText text) {
    /** What transformers calls the dtypes that a whole model can have. */
    private static final Map<DType, String> DTYPES = Map.of(
            DType.F16, "\"float16\"", DType.BF16, "\"bfloat16\"", DType.F32, "\"float32\"", DType.F64, "\"float64\"");

    private static final String QUANTIZATION = "quantization_config";

    /** What transformers calls the list of modules that are not quantized, by the method. */
    private static final List<String> PLAIN =
            List.of("modules_to_not_convert", "ignored_layers", "ignore", "llm_int8_skip_modules", "exclude_modules");

    /** Those lists whose entries transformers takes for expressions. */
    private static final List<String> EXPRESSIONS = List.of("modules_to_not_convert", "llm_int8_skip_modules");

    /** The input and output embedding are two tensors now. */
    public List<Correction> untied() {
        return text.keys("tie_word_embeddings").stream()
                .filter(key -> text.value(key).orElseThrow().equals("true"))
                .map(key -> replaced(key, "false"))
                .toList();
    }

    /** Most of the floating-point elements have another dtype; where none has the one before, so have the parts of the model. */
    public List<Correction> stored(DtypeCounts before, DtypeCounts after) {
        return before.most()
                .flatMap(from -> after.most()
                        .filter(to -> from != to && DTYPES.containsKey(to))
                        .map(to -> stored(from, to, !after.has(from))))
                .orElse(List.of());
    }

    private List<Correction> stored(DType before, DType after, boolean all) {
        List<Correction> corrections = new ArrayList<>();
        for (String name : List.of("torch_dtype", "dtype")) {
            for (String key : text.keys(name)) {
                String value = text.value(key).orElseThrow();
                boolean ofWhole = key.equals(name) && value.startsWith("\"");
                boolean ofPart = all && value.equals(DTYPES.get(before));
                if ((ofWhole || ofPart) && !value.equals(DTYPES.get(after))) {
                    corrections.add(replaced(key, DTYPES.get(after)));
                }
            }
        }
        return corrections;
    }

    /**
     * The embedding has another number of rows.
     *
     * @param before how many the model has
     */
    public List<Correction> resized(long before, long after) {
        return text.keys("vocab_size").stream()
                .filter(key -> text.value(key).orElseThrow().equals(Long.toString(before)))
                .map(key -> replaced(key, Long.toString(after)))
                .toList();
    }

    /** No tensor is quantized any more. */
    public List<Correction> plain() {
        return Stream.of(QUANTIZATION, "quantization", "compression_config", "_pre_quantization_dtype")
                .flatMap(key -> removed(key).stream())
                .toList();
    }

    /**
     * Weights are quantized.
     *
     * @param after what is to be said of that, as JSON; it takes the place of what is said already
     */
    public List<Correction> quantized(String after) {
        return text.value(QUANTIZATION).filter(after::equals).isPresent()
                ? List.of()
                : List.of(replaced(QUANTIZATION, after));
    }

    /** Whether it says that the model is quantized. */
    public boolean isQuantized() {
        return text.value(QUANTIZATION).isPresent();
    }

    /**
     * Some modules are not quantized any more: they are added to the list of those that never were; nothing if there is no such list.
     *
     * @param modules their paths
     * @param quantized those of modules that still are
     */
    public List<Correction> plain(List<String> modules, Collection<String> quantized) {
        return PLAIN.stream()
                .map((QUANTIZATION + ".")::concat)
                .filter(key -> text.value(key).filter(CarriedConfig::isList).isPresent())
                .findFirst()
                .map(key -> replaced(
                        key,
                        with(
                                text.value(key).orElseThrow(),
                                EXPRESSIONS.stream().anyMatch(key::endsWith)
                                        ? PlainModules.entries(modules, quantized)
                                        : modules)))
                .stream()
                .toList();
    }

    /**
     * What it says of quantization, as JSON, where other modules are not quantized as well; they are in its list, if it has one. Empty if it
     * says nothing.
     *
     * @param modules their paths
     * @param quantized those of modules that are
     */
    public Optional<String> quantization(Collection<String> modules, Collection<String> quantized) {
        Optional<String> said = text.value(QUANTIZATION);
        List<String> more = modules.stream()
                .filter(module ->
                        said.filter(all -> all.contains('"' + module + '"')).isEmpty())
                .toList();
        return said.flatMap(
                all -> ConfigText.of(text.with(plain(more, quantized))).value(QUANTIZATION));
    }

    /** {@code null} is a list of none. */
    private static boolean isList(String value) {
        return value.startsWith("[") || value.equals("null");
    }

    private static String with(String list, List<String> modules) {
        if (modules.isEmpty()) {
            return list;
        }
        String more = modules.stream()
                .map(module -> '"' + module.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                .collect(Collectors.joining(", "));
        String before =
                list.startsWith("[") ? list.substring(1, list.length() - 1).stripTrailing() : "";
        return '[' + before + (before.isBlank() ? "" : ", ") + more + ']';
    }

    /** A key of the object that is of no meaning any more; nothing if it is not there. */
    public List<Correction> removed(String key) {
        return text
                .value(key)
                .map(before -> new Correction(ModelConfiguration.NAME, key, Optional.of(before), Optional.empty()))
                .stream()
                .toList();
    }

    private Correction replaced(String key, String after) {
        return new Correction(ModelConfiguration.NAME, key, text.value(key), Optional.of(after));
    }
}
