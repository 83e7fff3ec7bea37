package io.graft.modifiers.lora.extract;

import io.graft.checkpoint.write.WrittenFile;
import java.util.List;

/**
 * What was made of two checkpoints.
 *
 * @param updates in the order of the base
 * @param lost the Frobenius norm of what all updates lack of the differences that they are of, in relation to that of these
 * @param whole names of tensors that the adapter has whole
 * @param left what is not in the adapter
 * @param outputs the files that were written
 */
public record ExtractedAdapter(
        List<ExtractedUpdate> updates,
        double lost,
        List<String> whole,
        List<LeftTensor> left,
        List<WrittenFile> outputs) {
    public ExtractedAdapter {
        updates = List.copyOf(updates);
        whole = List.copyOf(whole);
        left = List.copyOf(left);
        outputs = List.copyOf(outputs);
    }
}
