package io.graft.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.graft.djl.operators.Operators;
import io.graft.djl.run.PyTorchEngine;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Parametrization;
import io.graft.problem.Problem;
import io.graft.problem.Severity;
import io.graft.tensor.DType;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What live blocks cannot be parametrized with, and what is said of it. */
class RefusedParametrizationsTest {
    private static final Shape INPUT = new Shape(5, 4);

    private Model model;

    @BeforeEach
    void open() {
        model = model(
                new SequentialBlock()
                        .add(Linear.builder().setUnits(3).build())
                        .add(Activation::tanh)
                        .add(Linear.builder().setUnits(2).build()),
                INPUT);
    }

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void aLinearThatCannotBeExchangedIsToldOf() {
        try (Model whole = model(
                new HeldLayers(
                        Linear.builder().setUnits(3).build(),
                        Linear.builder().setUnits(2).build()),
                INPUT)) {
            String held = "`HeldLayers.held[0].linear` is a component of a record, which keeps what it was made with";
            assertEquals(
                    List.of("a Linear cannot be exchanged for one that runs in factors, so its weight is computed as a"
                            + " whole: `first.weight` (" + held + ")"),
                    problems(whole, "first.weight", Methods.lora(3, 2, 4, 2, 0), Severity.WARNING));
            assertEquals(
                    List.of("only a Linear that runs its parametrizations in factors can drop out inputs:"
                            + " `first.weight` with lora (" + held + ")"),
                    errors(whole, "first.weight", Methods.lora(3, 2, 4, 2, 0.1)));
        }
    }

    @Test
    void theInputsOfARootAreNotDroppedOut() {
        try (Model alone = model(Linear.builder().setUnits(2).build(), INPUT)) {
            assertEquals(
                    List.of("only a Linear that runs its parametrizations in factors can drop out inputs: `weight` with"
                            + " lora (it is the root of the model, which no other block holds)"),
                    errors(alone, "weight", Methods.lora(2, 1, 4, 1, 0.1)));
        }
    }

    @Test
    void dropoutOfAConvolutionsInputsIsRefused() {
        Block convolution = new SequentialBlock()
                .add(Conv2d.builder()
                        .setKernelShape(new Shape(1, 1))
                        .setFilters(4)
                        .build());
        try (Model vision = model(convolution, new Shape(5, 2, 5, 5))) {
            assertEquals(
                    List.of("only a Linear that runs its parametrizations in factors can drop out inputs: `0.weight`"
                            + " with lora (its factors are not those of a layer)"),
                    errors(vision, "0.weight", Methods.lora(4, 1, 2, 1, 0.1)));
            assertEquals(List.of(), errors(vision, "0.weight", Methods.lora(4, 1, 2, 1, 0)));
        }
    }

    @Test
    void dropoutBelowAnotherParametrizationIsRefused() {
        BlockTarget target = BlockTarget.of(model);
        ModelDraft draft = target.draft();
        draft.parametrize("0.weight", "default", Methods.lora(3, 2, 4, 2, 0.1));
        draft.parametrize("0.weight", "scaled", new Methods.Ia3(Methods.tensor(graftShape(1, 4), index -> 1f)));
        assertEquals(
                List.of("only a Linear that runs its parametrizations in factors can drop out inputs: `0.weight`"
                        + " with lora (another parametrization stands on it)"),
                target.refusals(Models.plan(target, draft)).stream()
                        .map(Problem::message)
                        .toList());
    }

    @Test
    void aBlockWithoutAPlaceIsRefused() {
        BlockTarget target = BlockTarget.of(model.getBlock());
        ModelDraft draft = target.draft();
        draft.parametrize("0.weight", "default", Methods.lora(3, 2, 4, 2, 0));
        assertEquals(
                List.of("a block on its own cannot get parametrizations, because they wrap it in another one:"
                        + " `0.weight` with lora"),
                target.refusals(Models.plan(target, draft)).stream()
                        .map(Problem::message)
                        .toList());
    }

    @Test
    void whatTheEngineCannotRunIsRefused() {
        assertEquals(List.of(), errors(model, "0.weight", new Methods.Rounded(DType.BF16)));
        System.setProperty(Operators.PROPERTY, "none");
        try {
            assertEquals(
                    List.of(
                            "DJL's engine cannot run what a parametrization computes: `0.weight` with rounded, which casts"
                                    + " to BF16"),
                    errors(model, "0.weight", new Methods.Rounded(DType.BF16)));
        } finally {
            System.clearProperty(Operators.PROPERTY);
        }
    }

    @Test
    void aBlockThatDoesNotAskIsRefusedWhenItIsCommitted() throws IOException {
        try (Model deaf = model(new SequentialBlock().add(new Deaf()), INPUT)) {
            Block before = deaf.getBlock();
            Map<String, Models.Snapshot> values = Models.snapshot(before);
            BlockTarget target = BlockTarget.of(deaf);
            ModelDraft draft = target.draft();
            draft.assign("0.weight", Methods.random(graftShape(2, 4), 5));
            draft.parametrize("0.weight", "default", Methods.lora(2, 1, 4, 1, 0));
            IllegalStateException ignored =
                    assertThrows(IllegalStateException.class, () -> target.commit(Models.plan(target, draft)));
            assertEquals(
                    "SequentialBlock did not ask for `0.weight` in its forward, so that what is computed of it had no"
                            + " effect; a block must ask its ParameterStore for each weight in each forward",
                    ignored.getMessage());
            assertSame(before, deaf.getBlock());
            assertEquals(values, Models.snapshot(before));
            assertEquals(1, deaf.getNDManager().getManagedArrays().size());
        }
    }

    private static List<String> errors(Model model, String tensor, Parametrization parametrization) {
        return problems(model, tensor, parametrization, Severity.ERROR);
    }

    private static List<String> problems(
            Model model, String tensor, Parametrization parametrization, Severity severity) {
        BlockTarget target = BlockTarget.of(model);
        ModelDraft draft = target.draft();
        draft.parametrize(tensor, "default", parametrization);
        return target.refusals(Models.plan(target, draft)).stream()
                .filter(problem -> problem.severity() == severity)
                .map(Problem::message)
                .toList();
    }

    private static io.graft.tensor.Shape graftShape(long... dimensions) {
        return io.graft.tensor.Shape.of(dimensions);
    }

    private static Model model(Block block, Shape input) {
        PyTorchEngine.start();
        Model model = Model.newInstance("test", "PyTorch");
        model.setBlock(block);
        block.initialize(model.getNDManager(), DataType.FLOAT32, input);
        return model;
    }

    /** Computes with its parameter's array, whatever a store says. */
    private static final class Deaf extends AbstractBlock {
        private final Parameter weight = addParameter(Parameter.builder()
                .setName("weight")
                .setType(Parameter.Type.WEIGHT)
                .optShape(new Shape(2, 4))
                .build());

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            return Linear.linear(inputs.singletonOrThrow(), weight.getArray());
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return new Shape[] {new Shape(inputs[0].get(0), 2)};
        }
    }
}
