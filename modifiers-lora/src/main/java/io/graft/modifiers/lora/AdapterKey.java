package io.graft.modifiers.lora;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a key of an adapter that PEFT saved says.
 *
 * @param module the path of the module, without what PEFT adds
 * @param target the module that the adapter's lists name: the same, or the one that PEFT wraps it with
 * @param depth how many wrappers of PEFT the tensor is inside of, but for the outermost
 * @param part what the tensor is to the module
 */
record AdapterKey(String module, String target, int depth, Part part) {
    static final String PREFIX = "base_model.model.";

    private static final Pattern WRAPPER = Pattern.compile("\\.(base_layer|token_adapter)(?=\\.|$)");

    /** What a tensor is to a module, by the end of its key. */
    enum Part {
        A(".lora_A.weight"),
        B(".lora_B.weight"),
        BIAS(".lora_B.bias"),
        EMBEDDING_A(".lora_embedding_A"),
        EMBEDDING_B(".lora_embedding_B"),
        MAGNITUDE(".lora_magnitude_vector"),
        MAGNITUDE_OF_MODULE(".lora_magnitude_vector.weight"),
        ROWS(".token_adapter.trainable_tokens_delta");

        private final String suffix;

        Part(String suffix) {
            this.suffix = suffix;
        }
    }

    /**
     * Reads a key.
     *
     * @param name the key without PEFT's prefix
     * @return empty if it is no part of an update
     */
    static Optional<AdapterKey> of(String name) {
        for (Part part : Part.values()) {
            if (name.endsWith(part.suffix)) {
                String path = name.substring(0, name.length() - part.suffix.length());
                int depth = (int) WRAPPER.matcher(path).results().count();
                String target = WRAPPER.split(path, 2)[0];
                return Optional.of(new AdapterKey(withoutWrappers(path), target, depth, part));
            }
        }
        return Optional.empty();
    }

    /** The same name without the wrappers that PEFT puts around a module. */
    static String withoutWrappers(String name) {
        return WRAPPER.matcher(name).replaceAll("");
    }
}
