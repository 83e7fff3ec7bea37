package io.graft.djl.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Model;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import io.graft.ModuleForward;
import io.graft.NamedTensor;
import io.graft.djl.BlockTarget;
import io.graft.djl.forward.BlockModelException;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BlockModuleForwardTest {
    private static final List<NamedTensor> INPUTS =
            List.of(new NamedTensor("0", DType.F32, Shape.of(2, 4), TensorData.of(ByteBuffer.allocate(32))));

    private static Model model(SequentialBlock block) {
        Model model = Model.newInstance("test", PyTorchEngine.start().getEngineName());
        block.initialize(model.getNDManager(), DataType.FLOAT32, new ai.djl.ndarray.types.Shape(1, 4));
        model.setBlock(block);
        return model;
    }

    private static Linear linear(int units) {
        return Linear.builder().setUnits(units).build();
    }

    @Test
    void onlyTheFirstRunGoesOnBehindTheModule() {
        AtomicInteger runs = new AtomicInteger();
        Linear first = linear(3);
        SequentialBlock block = new SequentialBlock()
                .add(first)
                .add(new LambdaBlock(
                        arrays -> {
                            runs.incrementAndGet();
                            return arrays;
                        },
                        "counting"))
                .add(linear(2));
        try (Model model = model(block)) {
            runs.set(0);
            try (ModuleForward forward = BlockTarget.of(model).forwardAt("0").orElseThrow()) {
                for (int i = 0; i < 3; i++) {
                    NamedTensor given = forward.run(INPUTS).get(0);
                    assertEquals("0", given.name());
                    assertEquals(Shape.of(2, 3), given.shape());
                }
            }
            assertEquals(1, runs.get());
            assertSame(first, block.getChildren().valueAt(0));
        }
    }

    @Test
    void aBlockThatRunsTwiceIsRefusedAndPutBack() {
        Block shared = linear(4);
        SequentialBlock block = new SequentialBlock().add(shared).add(shared);
        try (Model model = model(block)) {
            try (ModuleForward forward = BlockTarget.of(model).forwardAt("1").orElseThrow()) {
                assertEquals(
                        "`1` runs 2 times in a forward of the model; name a module that runs once",
                        assertThrows(BlockModelException.class, () -> forward.run(INPUTS))
                                .getMessage());
            }
            assertSame(shared, block.getChildren().valueAt(0));
            assertSame(shared, block.getChildren().valueAt(1));
        }
    }

    @Test
    void aBlockWithoutAModelCannotBeRun() {
        try (Model model = model(new SequentialBlock().add(linear(2)))) {
            assertEquals(Optional.empty(), BlockTarget.of(model.getBlock()).forwardAt("0"));
        }
    }
}
