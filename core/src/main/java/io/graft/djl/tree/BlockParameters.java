package io.graft.djl.tree;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.TensorName;
import io.graft.model.DraftTensor;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Names for the tensors of a DJL {@code .params} file. The file has the parameters of a block in the order of its tree, so a
 * block of the same build tells their names. Shapes may differ: that is for the modifier to judge.
 */
public final class BlockParameters {
    /** Id of the format. */
    public static final String FORMAT = "djl-params";

    private static final String HELP = "give a file that was saved from a block of the same build";

    private BlockParameters() {}

    /**
     * The file's tensors under the names that the block has for them.
     *
     * @throws CheckpointException if the file has another number of parameters, or others
     */
    public static Checkpoint named(Checkpoint file, BlockTree block) {
        if (file.tensors().size() != block.tensors().size()) {
            throw unlike(
                    file,
                    "it has " + file.tensors().size() + " parameters, and the block has "
                            + block.tensors().size());
        }
        Map<String, TensorEntry> tensors = new LinkedHashMap<>();
        Iterator<TensorEntry> entries = file.tensors().values().iterator();
        for (DraftTensor tensor : block.tensors().values()) {
            TensorEntry entry = entries.next();
            String own = entry.name().substring(entry.name().indexOf('.') + 1);
            String expected = ((BlockTensor) tensor.base()).parameter().getName();
            if (!own.equals(expected)) {
                throw unlike(
                        file,
                        "its parameter '" + TensorName.printable(entry.name()) + "' stands where the block has '"
                                + tensor.name() + "'");
            }
            tensors.put(tensor.name(), entry.named(tensor.name()));
        }
        return new Checkpoint(
                file.path(),
                file.format(),
                file.content(),
                Collections.unmodifiableMap(tensors),
                file.metadata(),
                List.of());
    }

    private static CheckpointException unlike(Checkpoint file, String what) {
        return new CheckpointException(
                Reason.UNSUPPORTED, file.path(), "a DJL .params file of another block: " + what, HELP);
    }
}
