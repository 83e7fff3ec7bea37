package io.graft.djl.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.TensorEntry;
import io.graft.djl.BlockTarget;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that DJL saved, read with a block of the same build as template. */
class BlockParametersTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void startEngine() {
        Engine.getEngine("PyTorch");
    }

    @Test
    void aSavedBlockHasItsNamesAndValues() throws IOException {
        try (Model model = model(block(3))) {
            model.save(folder, "small");
            BlockTarget target = BlockTarget.of(model);
            Checkpoint file = Checkpoint.open(folder.resolve("small-0000.params"));
            Checkpoint named = target.named(file);
            assertEquals(
                    List.of(
                            "0.weight",
                            "0.bias",
                            "2.weight",
                            "2.bias",
                            "2.running_mean",
                            "2.running_var",
                            "3.0.weight"),
                    List.copyOf(named.tensors().keySet()));
            assertEquals(List.of(), named.warnings());
            BlockTree tree = BlockTree.of(model.getBlock());
            for (TensorEntry entry : named.tensors().values()) {
                BlockTensor live =
                        (BlockTensor) tree.tensors().get(entry.name()).base();
                assertEquals(live.dtype(), entry.dtype());
                assertEquals(live.shape(), entry.shape());
                assertEquals(all(live.materialize()), all(entry.data()), entry.name());
            }
        }
    }

    @Test
    void aFileOfAnotherBlockIsAnError() throws IOException {
        try (Model model = model(block(3));
                Model shorter = model(
                        new SequentialBlock().add(Linear.builder().setUnits(2).build()))) {
            model.save(folder, "small");
            shorter.save(folder, "shorter");
            Checkpoint file = Checkpoint.open(folder.resolve("small-0000.params"));
            assertEquals(
                    file.path() + ": a DJL .params file of another block: it has 7 parameters, and the block has 2;"
                            + " give a file that was saved from a block of the same build",
                    assertThrows(
                                    CheckpointException.class,
                                    () -> BlockTarget.of(shorter).named(file))
                            .getMessage());
            Checkpoint two = Checkpoint.open(folder.resolve("shorter-0000.params"));
            Block bare = new SequentialBlock()
                    .add(Linear.builder().setUnits(2).optBias(false).build())
                    .add(Linear.builder().setUnits(2).optBias(false).build());
            try (Model swapped = model(bare)) {
                assertEquals(
                        two.path() + ": a DJL .params file of another block: its parameter '0.bias' stands where the"
                                + " block has '1.weight'; give a file that was saved from a block of the same build",
                        assertThrows(
                                        CheckpointException.class,
                                        () -> BlockTarget.of(swapped).named(two))
                                .getMessage());
            }
        }
    }

    @Test
    void checkpointsWithNamesStayAsTheyAre() {
        try (Model model = model(block(3))) {
            Checkpoint checkpoint = Checkpoint.open(io.graft.checkpoint.Fixtures.path("epd/model.safetensors"));
            assertSame(checkpoint, BlockTarget.of(model).named(checkpoint));
        }
    }

    private static Block block(int units) {
        return new SequentialBlock()
                .add(Linear.builder().setUnits(units).build())
                .add(Activation.reluBlock())
                .add(BatchNorm.builder().build())
                .add(new SequentialBlock()
                        .add(Linear.builder().setUnits(2).optBias(false).build()));
    }

    private static Model model(Block block) {
        Model model = Model.newInstance("test");
        block.initialize(model.getNDManager(), DataType.FLOAT32, new Shape(5, 4));
        model.setBlock(block);
        return model;
    }

    private static ByteBuffer all(TensorData data) throws IOException {
        return data.window(0, (int) data.byteCount());
    }
}
