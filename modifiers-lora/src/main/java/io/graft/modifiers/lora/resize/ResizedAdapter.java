package io.graft.modifiers.lora.resize;

import io.graft.checkpoint.write.WrittenFile;
import io.graft.problem.Problem;
import java.util.List;

/**
 * What a change of ranks did.
 *
 * @param updates in the order of the adapter's file
 * @param problems what a person should know; warnings only
 * @param outputs the files that were written
 */
public record ResizedAdapter(List<ResizedUpdate> updates, List<Problem> problems, List<WrittenFile> outputs) {
    public ResizedAdapter {
        updates = List.copyOf(updates);
        problems = List.copyOf(problems);
        outputs = List.copyOf(outputs);
    }
}
