package io.graft.modifiers.lora.reading;

import io.graft.lora.dialect.AdapterTensor;

/**
 * Rows of an embedding that were trained.
 *
 * @param module the embedding's path in the adapter
 * @param rows {@code [count, dimension]}
 */
public record TokenRows(String module, AdapterTensor rows) {
    public String weight() {
        return module + ".weight";
    }
}
