package io.graft.modifiers.lora.options;

import io.graft.config.DecodedBy;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows of embeddings.
 *
 * @param byModule rows by the dotted end of an embedding's name; under the empty text those of the embedding of the model's inputs
 */
@DecodedBy(RowNumbersDecoder.class)
public record RowNumbers(Map<String, List<Long>> byModule) {
    public RowNumbers {
        Map<String, List<Long>> copy = new LinkedHashMap<>();
        byModule.forEach((module, rows) -> copy.put(module, List.copyOf(rows)));
        byModule = Collections.unmodifiableMap(copy);
    }

    /** As PEFT's configuration has it. */
    public Object value() {
        return byModule.keySet().equals(Collections.singleton("")) ? byModule.get("") : byModule;
    }
}
