package io.graft.training.optimizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import io.graft.GraftException;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.djl.ModifiedModel;
import io.graft.model.tree.Selector;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Held against what PyTorch gives, {@code benchmarks/reference/make_optimizer_steps.py}. */
class NamedOptimizerTest {
    private static final int STEPS = 10;
    private static final Optional<Double> NOTHING = Optional.empty();

    private static AdamW adamW(
            double rate, List<ParameterGroup> groups, Optional<Double> norm, Optional<Double> value) {
        return new AdamW(rate, 0.9, 0.999, 1e-8, 0.01, groups, norm, value);
    }

    private static ParameterGroup group(String selector, Optional<Double> rate, Optional<Double> decay) {
        return new ParameterGroup(List.of(Selector.parse(selector)), rate, NOTHING, decay);
    }

    static Stream<Arguments> cases() {
        return Stream.of(
                Arguments.of("adamw", AdamW.of(1e-3)),
                Arguments.of("adamw-decay", new AdamW(3e-2, 0.8, 0.95, 1e-6, 0.1, List.of(), NOTHING, NOTHING)),
                Arguments.of("sgd", Sgd.of(1e-1)),
                Arguments.of("sgd-momentum", new Sgd(1e-2, 0.9, 0.1, false, 0.05, List.of(), NOTHING, NOTHING)),
                Arguments.of("sgd-nesterov", new Sgd(1e-2, 0.9, 0, true, 0.05, List.of(), NOTHING, NOTHING)),
                Arguments.of(
                        "groups",
                        adamW(1e-2, List.of(group("b", Optional.of(1e-1), Optional.of(0.0))), NOTHING, NOTHING)),
                Arguments.of("clip-norm", adamW(1e-2, List.of(), Optional.of(1.0), NOTHING)),
                Arguments.of("clip-value", new Sgd(1e-1, 0.9, 0, false, 0, List.of(), NOTHING, Optional.of(0.25))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void stepsAsPyTorchDoes(String name, OptimizerRule rule) throws Exception {
        try (Model model = Two.inModel()) {
            ModifiedModel modified = handle(model);
            set(modified, "a", name + ".start.a");
            set(modified, "b", name + ".start.b");
            try (NamedOptimizer optimizer = NamedOptimizer.of(modified, rule);
                    Trainer trainer = trainer(model, optimizer)) {
                for (int step = 0; step < STEPS; step++) {
                    step(trainer, optimizer, name + ".gradient." + step + ".");
                    assertArrayEquals(
                            values(name + ".after." + step + ".a"),
                            modified.parameters().get("a").getArray().toFloatArray(),
                            1e-6f);
                    assertArrayEquals(
                            values(name + ".after." + step + ".b"),
                            modified.parameters().get("b").getArray().toFloatArray(),
                            1e-6f);
                }
                for (String slot : rule.slots()) {
                    assertArrayEquals(
                            values(name + ".state." + slot + ".a"),
                            optimizer.states().get("a").arrays().get(slot).toFloatArray(),
                            1e-6f);
                }
                assertEquals(STEPS, optimizer.states().get("b").steps());
            }
        }
    }

    @Test
    void leavesNoArrayBehind() throws Exception {
        try (Model model = Two.inModel()) {
            try (NamedOptimizer optimizer = NamedOptimizer.of(handle(model), AdamW.of(1e-3));
                    Trainer trainer = trainer(model, optimizer)) {
                step(trainer, optimizer, "adamw.gradient.0.");
                int before = model.getNDManager().getManagedArrays().size();
                step(trainer, optimizer, "adamw.gradient.1.");
                step(trainer, optimizer, "adamw.gradient.2.");
                assertEquals(before, model.getNDManager().getManagedArrays().size());
            }
        }
    }

    @Test
    void aGradientThatIsNoNumberIsGoneAfterTheStep() throws Exception {
        try (Model model = Two.inModel()) {
            ModifiedModel modified = handle(model);
            NDArray weight = modified.parameters().get("b").getArray();
            try (NamedOptimizer optimizer = NamedOptimizer.of(modified, Sgd.of(0.1));
                    Trainer trainer = trainer(model, optimizer);
                    NDManager scope = trainer.getManager().newSubManager()) {
                backward(trainer, scope.ones(new Shape(3, 4)), scope.create(new float[] {Float.NaN, 1, 2}));
                trainer.step();
                assertArrayEquals(new float[3], weight.getGradient().toFloatArray());
            }
        }
    }

    @Test
    void oneOfTwoNamesIsUpdated() {
        Block shared = Linear.builder().setUnits(2).build();
        try (Model model = Model.newInstance("tied", "PyTorch")) {
            Block block = new SequentialBlock().add(shared).add(shared);
            block.initialize(model.getNDManager(), DataType.FLOAT32, new Shape(1, 2));
            model.setBlock(block);
            try (NamedOptimizer optimizer = NamedOptimizer.of(handle(model), AdamW.of(1e-3))) {
                assertEquals(List.of("0.weight", "0.bias"), List.copyOf(optimizer.names()));
            }
            assertEquals(
                    "error[duplicate-element] optimizer.groups[1].parameters[0]: `1.weight` selects `1.weight`, which groups[0] has already",
                    refused(model, group("0", NOTHING, NOTHING), group("1.weight", NOTHING, NOTHING)));
        }
    }

    @Test
    void groupsThatOverlapOrMatchNothingAreErrors() {
        try (Model model = Two.inModel()) {
            assertEquals(
                    "error[unmatched-selector] optimizer.groups[0].parameters[0]: `c` matches nothing in the model (and 1 more error)",
                    refused(
                            model,
                            group("c", NOTHING, NOTHING),
                            group("*", NOTHING, NOTHING),
                            group("a", NOTHING, NOTHING)));
        }
    }

    @Test
    void theNormOfAllGradientsIsKnownWhenTheyAreThere() throws Exception {
        try (Model model = Two.inModel();
                NamedOptimizer optimizer =
                        NamedOptimizer.of(handle(model), adamW(1e-2, List.of(), Optional.of(1.0), NOTHING));
                Trainer trainer = trainer(model, optimizer);
                NDManager scope = trainer.getManager().newSubManager()) {
            backward(trainer, scope.ones(new Shape(3, 4)), scope.ones(new Shape(3)));
            assertEquals(
                    "gradients are clipped by the norm of all of them, and nobody has said that they are there: call begin() before each"
                            + " step, as ModelTrainer does",
                    assertThrows(IllegalStateException.class, trainer::step).getMessage());
        }
    }

    @Test
    void theNormOfDoublesIsClippedToo() throws Exception {
        try (Model model = Two.inModel(DataType.FLOAT64)) {
            ModifiedModel modified = handle(model);
            Parameter parameter = modified.parameters().get("b");
            NDArray weight = parameter.getArray();
            Sgd clipping = new Sgd(1, 0, 0, false, 0, List.of(), Optional.of(1.0), NOTHING);
            try (NamedOptimizer optimizer = NamedOptimizer.of(modified, clipping);
                    Trainer trainer = trainer(model, optimizer);
                    NDManager scope = trainer.getManager().newSubManager()) {
                double before = weight.toDoubleArray()[0];
                backward(
                        trainer,
                        scope.ones(new Shape(3, 4), DataType.FLOAT64).mul(0.5),
                        scope.ones(new Shape(3), DataType.FLOAT64));
                optimizer.begin(1);
                try (NDArray gradient = weight.getGradient()) {
                    optimizer.update(parameter.getId(), weight, gradient);
                }
                // twelve gradients of a half and three of one: their norm is the root of six
                assertEquals(before - 1 / Math.sqrt(6), weight.toDoubleArray()[0], 1e-6);
            }
        }
    }

    private static String refused(Model model, ParameterGroup... groups) {
        return assertThrows(
                        GraftException.class,
                        () -> NamedOptimizer.of(handle(model), adamW(1e-3, List.of(groups), NOTHING, NOTHING)))
                .getMessage();
    }

    private static ModifiedModel handle(Model model) {
        return ModelModifierApplier.create()
                .model(model)
                .configuration(List.of())
                .run();
    }

    private static Trainer trainer(Model model, NamedOptimizer optimizer) {
        Trainer trainer = model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss()).optOptimizer(optimizer));
        trainer.initialize(new Shape(3, 4), new Shape(3));
        return trainer;
    }

    private static void step(Trainer trainer, NamedOptimizer optimizer, String gradients) throws Exception {
        try (NDManager scope = trainer.getManager().newSubManager()) {
            backward(
                    trainer,
                    scope.create(values(gradients + "a"), new Shape(3, 4)),
                    scope.create(values(gradients + "b")));
            optimizer.begin(1);
            trainer.step();
        }
    }

    private static void backward(Trainer trainer, NDArray a, NDArray b) {
        try (GradientCollector collector = trainer.newGradientCollector()) {
            collector.backward(trainer.forward(new NDList(a, b)).head());
        }
    }

    private static void set(ModifiedModel model, String parameter, String name) throws Exception {
        NDArray array = model.parameters().get(parameter).getArray();
        array.setRequiresGradient(false);
        try (NDManager scope = array.getManager().newSubManager()) {
            array.set(new NDIndex("..."), scope.create(values(name), array.getShape()));
        }
        array.setRequiresGradient(true);
    }

    private static float[] values(String name) throws IOException, URISyntaxException {
        Path file = Path.of(NamedOptimizerTest.class
                .getResource("/optimizers/steps.safetensors")
                .toURI());
        Map<String, TensorEntry> tensors = Checkpoint.open(file).tensors();
        TensorData data = tensors.get(name).data();
        FloatBuffer floats = data.window(0, (int) data.byteCount())
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        float[] values = new float[floats.remaining()];
        floats.get(values);
        return values;
    }
}
