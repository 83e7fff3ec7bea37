package io.graft.modifiers.lora;

import io.graft.checkpoint.TensorEntry;

/**
 * Rows of an embedding that were trained.
 *
 * @param module the embedding's path in the adapter
 * @param rows {@code [count, dimension]}
 */
record TokenRows(String module, TensorEntry rows) {
    String weight() {
        return module + ".weight";
    }
}
