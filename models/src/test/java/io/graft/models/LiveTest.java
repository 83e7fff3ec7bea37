package io.graft.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Models in a program that makes, trains and saves them. */
class LiveTest {
    private static final Map<String, Object> SMALL = Map.of(
            "vocab-size",
            30,
            "hidden-size",
            8,
            "num-hidden-layers",
            2,
            "num-attention-heads",
            2,
            "intermediate-size",
            12);

    record Case(BlockFactory factory, Map<String, Object> arguments, Shape input, DataType type) {
        @Override
        public String toString() {
            return factory.getClass().getSimpleName();
        }
    }

    private static Map<String, Object> with(String key, Object value) {
        Map<String, Object> arguments = new HashMap<>(SMALL);
        arguments.put(key, value);
        return arguments;
    }

    static Stream<Case> cases() {
        Shape tokens = new Shape(2, 6);
        return Stream.of(
                new Case(new Bert(), SMALL, tokens, DataType.INT64),
                new Case(new Bert(), with("pooling", "mean"), tokens, DataType.INT64),
                new Case(new BertForSequenceClassification(), with("num-labels", 3), tokens, DataType.INT64),
                new Case(new Roberta(), SMALL, tokens, DataType.INT64),
                new Case(new RobertaForSequenceClassification(), with("num-labels", 3), tokens, DataType.INT64),
                new Case(
                        new DistilBert(),
                        Map.of("vocab-size", 30, "dim", 8, "n-layers", 2, "n-heads", 2, "hidden-dim", 12),
                        tokens,
                        DataType.INT64),
                new Case(
                        new DistilBertForSequenceClassification(),
                        Map.of("vocab-size", 30, "dim", 8, "n-layers", 2, "n-heads", 2, "hidden-dim", 12),
                        tokens,
                        DataType.INT64),
                new Case(
                        new Vit(),
                        Map.of(
                                "hidden-size",
                                8,
                                "num-hidden-layers",
                                2,
                                "num-attention-heads",
                                2,
                                "intermediate-size",
                                12,
                                "image-size",
                                8,
                                "patch-size",
                                4,
                                "hidden-dropout-prob",
                                0.1),
                        new Shape(2, 3, 8, 8),
                        DataType.FLOAT32),
                new Case(
                        new ResNet(),
                        // The engine's gradients of convolutions with fewer than 16 channels are NaN now and then.
                        Map.of("layers", 18, "width", 16, "num-classes", 3),
                        new Shape(2, 3, 96, 96),
                        DataType.FLOAT32),
                new Case(new EncoderProcessorDecoder(), Map.of(), new Shape(6, 8), DataType.FLOAT32));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void trainsEveryParameterAndLeavesNoArrayBehind(Case each) throws Exception {
        try (Model model = made(each)) {
            Optimizer sgd =
                    Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.01f)).build();
            try (Trainer trainer = model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss()).optOptimizer(sgd))) {
                trainer.initialize(each.input());
                step(trainer, each, true);
                int before = model.getNDManager().getManagedArrays().size();
                step(trainer, each, false);
                step(trainer, each, false);
                assertEquals(before, model.getNDManager().getManagedArrays().size());
            }
        }
    }

    private static void step(Trainer trainer, Case each, boolean check) {
        Block block = trainer.getModel().getBlock();
        try (NDManager scope = trainer.getManager().newSubManager()) {
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDList outputs = trainer.forward(new NDList(input(scope, each)));
                NDArray loss = outputs.get(0).square().sum();
                for (NDArray output : outputs.subNDList(1)) {
                    loss = loss.add(output.square().sum());
                }
                collector.backward(loss);
            }
            if (check) {
                block.getParameters().forEach(pair -> {
                    if (pair.getValue().requiresGradient()) {
                        NDArray gradient = pair.getValue().getArray().getGradient();
                        gradient.attach(scope);
                        assertTrue(
                                gradient.abs().sum().getFloat() > 0
                                        || pair.getKey().contains("key_bias")
                                        || pair.getKey().contains("k_lin_bias"),
                                () -> pair.getKey() + " " + gradient);
                    }
                });
            }
            trainer.step();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void saysTheShapesThatItGives(Case each) throws Exception {
        try (Model model = made(each)) {
            NDList outputs = forward(model, each, false);
            assertArrayEquals(outputs.getShapes(), model.getBlock().getOutputShapes(new Shape[] {each.input()}));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isTheSameAfterItsParametersWereSavedAndLoaded(Case each) throws Exception {
        try (Model model = made(each);
                Model other = Model.newInstance("other")) {
            ByteArrayOutputStream saved = new ByteArrayOutputStream();
            model.getBlock().saveParameters(new DataOutputStream(saved));
            other.setBlock(each.factory().newBlock(other, null, each.arguments()));
            other.getBlock()
                    .loadParameters(
                            other.getNDManager(), new DataInputStream(new ByteArrayInputStream(saved.toByteArray())));
            assertEquals(
                    forward(model, each, false).get(0),
                    forward(other, each, false).get(0));
        }
    }

    @Test
    void dropsOutInTrainingAlone() throws Exception {
        Case bert = cases().findFirst().orElseThrow();
        try (Model model = made(bert)) {
            assertEquals(
                    forward(model, bert, false).get(0),
                    forward(model, bert, false).get(0));
            assertFalse(forward(model, bert, true)
                    .get(0)
                    .contentEquals(forward(model, bert, true).get(0)));
        }
    }

    @Test
    void inputsThatAreNotTheModelsAreRefused() throws Exception {
        Case bert = cases().findFirst().orElseThrow();
        try (Model model = made(bert)) {
            NDManager manager = model.getNDManager();
            NDArray ids = manager.zeros(new Shape(2, 6), DataType.INT64);
            assertRefused("the input `input_ids` is missing", model, new NDList());
            assertRefused(
                    "4 inputs, at most [input_ids, attention_mask, token_type_ids] are taken",
                    model,
                    new NDList(ids, ids, ids, ids));
            assertRefused(
                    "`input_ids` is of type float32: indices are whole numbers",
                    model,
                    new NDList(manager.zeros(new Shape(2, 6))));
            assertRefused(
                    "600 positions, and the model has embeddings for 512",
                    model,
                    new NDList(manager.zeros(new Shape(1, 600), DataType.INT64)));
            assertRefused(
                    "`attention_mask` has the shape (12), not (batch, positions)",
                    model,
                    new NDList(ids, manager.ones(new Shape(12))));
        }
    }

    @Test
    void namesOfArraysTellWhichInputsTheyAre() throws Exception {
        Case bert = cases().findFirst().orElseThrow();
        try (Model model = made(bert)) {
            NDArray ids = input(model.getNDManager(), bert);
            NDArray types = model.getNDManager().ones(bert.input(), DataType.INT64);
            NDList inOrder = new NDList(ids, types.onesLike(), types);
            NDList expected = forward(model, inOrder);
            ids.setName("input_ids");
            types.setName("token_type_ids");
            assertEquals(expected.get(0), forward(model, new NDList(types, ids)).get(0));
        }
    }

    @Test
    void theMeanOfAMaskForEachPositionIsRefused() throws Exception {
        Case mean = cases().skip(1).findFirst().orElseThrow();
        try (Model model = made(mean)) {
            NDManager manager = model.getNDManager();
            NDArray ids = manager.zeros(new Shape(2, 6), DataType.INT64);
            assertRefused(
                    "`attention_mask` has the shape (2, 6, 6): the mean is taken by (batch, positions)",
                    model,
                    new NDList(ids, manager.ones(new Shape(2, 6, 6))));
        }
    }

    private static void assertRefused(String message, Model model, NDList inputs) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> forward(model, inputs))
                        .getMessage());
    }

    @ParameterizedTest
    @MethodSource("depths")
    void aResidualNetworkHasAsManyParametersAsTorchvisionsOne(int layers, long parameters) throws Exception {
        try (Model model = made(new Case(new ResNet(), Map.of("layers", layers), new Shape(), DataType.FLOAT32))) {
            assertEquals(
                    parameters,
                    model.getBlock().getParameters().values().stream()
                            .filter(parameter -> parameter.requiresGradient())
                            .mapToLong(parameter -> parameter.getShape().size())
                            .sum());
        }
    }

    static Stream<Arguments> depths() {
        return Stream.of(
                Arguments.of(18, 11_689_512),
                Arguments.of(34, 21_797_672),
                Arguments.of(50, 25_557_032),
                Arguments.of(101, 44_549_160),
                Arguments.of(152, 60_192_808));
    }

    private static Model made(Case each) throws IOException {
        Model model = Model.newInstance("model");
        Engine.getEngine("PyTorch").setRandomSeed(3);
        Block block = each.factory().newBlock(model, null, each.arguments());
        block.initialize(model.getNDManager(), DataType.FLOAT32);
        model.setBlock(block);
        return model;
    }

    private static NDArray input(NDManager manager, Case each) {
        NDArray counted = manager.arange((float) each.input().size()).reshape(each.input());
        return each.type() == DataType.INT64
                ? counted.toType(DataType.INT64, false).mod(30).toType(DataType.INT64, false)
                : counted.sin();
    }

    private static NDList forward(Model model, Case each, boolean training) {
        NDArray input = input(model.getNDManager(), each);
        return model.getBlock().forward(new ParameterStore(model.getNDManager(), false), new NDList(input), training);
    }

    private static NDList forward(Model model, NDList inputs) {
        return model.getBlock().forward(new ParameterStore(model.getNDManager(), false), inputs, false);
    }
}
