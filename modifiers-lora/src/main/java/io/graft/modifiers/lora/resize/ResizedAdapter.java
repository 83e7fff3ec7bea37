package io.graft.modifiers.lora.resize;

import io.graft.checkpoint.write.WrittenFile;
import java.util.List;

/**
 * What a change of ranks did.
 *
 * @param updates in the order of the adapter's file
 * @param outputs the files that were written
 */
public record ResizedAdapter(List<ResizedUpdate> updates, List<WrittenFile> outputs) {
    public ResizedAdapter {
        updates = List.copyOf(updates);
        outputs = List.copyOf(outputs);
    }
}
