package io.graft.lora.dialect;

import io.graft.checkpoint.write.WrittenFile;
import java.util.List;

/**
 * What a conversion did.
 *
 * @param from the dialect that was read
 * @param to the dialect that was written
 * @param tensors how many tensors the adapter has
 * @param notes what is left out without harm, or said otherwise
 * @param outputs the files that were written
 */
public record ConvertedAdapter(String from, String to, int tensors, List<String> notes, List<WrittenFile> outputs) {
    public ConvertedAdapter {
        notes = List.copyOf(notes);
        outputs = List.copyOf(outputs);
    }
}
