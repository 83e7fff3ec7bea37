package io.graft.modifiers.lora;

import io.graft.lora.dialect.AdapterTensor;

/**
 * Rows of an embedding that were trained.
 *
 * @param module the embedding's path in the adapter
 * @param rows {@code [count, dimension]}
 */
record TokenRows(String module, AdapterTensor rows) {
    String weight() {
        return module + ".weight";
    }
}
