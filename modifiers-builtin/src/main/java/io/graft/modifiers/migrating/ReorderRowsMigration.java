package io.graft.modifiers.migrating;

import io.graft.migration.CheckpointMigration;
import io.graft.migration.CheckpointState;
import io.graft.migration.Migration;
import io.graft.migration.MigrationException;
import io.graft.model.rules.Moves;
import io.graft.model.tree.ModuleTree;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Puts the rows of tensors into another order, as after a change of how edges are sorted. A number beside each tensor, its marker, tells
 * which order it has: a tensor whose marker is at the version or above stays as it is; of one that was put into order, the marker becomes the version.
 */
@Migration("reorder-rows")
public final class ReorderRowsMigration implements CheckpointMigration {
    private final ReorderRowsOptions options;

    public ReorderRowsMigration(ReorderRowsOptions options) {
        this.options = options;
    }

    @Override
    public CheckpointState migrate(CheckpointState before) {
        CheckpointState after = before;
        List<String> selected = options.tensors()
                .select(ModuleTree.ofNames(before.tensors().keySet()))
                .tensors();
        for (String name : selected) {
            if (name.equals(marker(name)) || version(before, marker(name)) >= options.version()) {
                continue;
            }
            LazyTensor tensor = before.tensors().get(name);
            requireRows(name, tensor);
            after = after.with(name, Moves.rows(tensor, options.order())).with(marker(name), version());
        }
        return after;
    }

    private void requireRows(String name, LazyTensor tensor) {
        if (tensor.shape().rank() == 0
                || tensor.shape().dimension(0) != options.order().size()) {
            throw new MigrationException(
                    ProblemCode.INCOMPATIBLE_CHECKPOINT,
                    "`" + name + "` has the shape " + tensor.shape() + ", and `order` is of "
                            + options.order().size() + " rows",
                    "give the order of the grid that the checkpoint is for");
        }
    }

    private LazyTensor version() {
        return LazyTensors.generate(
                "version " + options.version(), DType.I64, Shape.of(), at -> (double) options.version());
    }

    /** Beside the tensor: its last segment exchanged. */
    private String marker(String name) {
        return name.substring(0, name.lastIndexOf('.') + 1) + options.marker();
    }

    /** As the marker says; 0 without one. */
    private static long version(CheckpointState checkpoint, String marker) {
        LazyTensor version = checkpoint.tensors().get(marker);
        if (version == null) {
            return 0;
        }
        if (version.dtype() != DType.I64 || version.shape().elementCount() != 1) {
            throw new MigrationException(
                    ProblemCode.INCOMPATIBLE_CHECKPOINT,
                    "the marker `" + marker + "` is " + version.dtype() + " " + version.shape()
                            + ", and one number of I64 is expected",
                    "name another tensor as `marker`");
        }
        try {
            ByteBuffer value = version.materialize().window(0, Long.BYTES);
            return value.order(ByteOrder.LITTLE_ENDIAN).getLong();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
