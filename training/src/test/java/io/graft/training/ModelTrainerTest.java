package io.graft.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.loss.Loss;
import io.graft.GraftException;
import io.graft.djl.ModifiedModel;
import io.graft.model.tree.Selector;
import io.graft.training.optimizer.AdamW;
import io.graft.training.optimizer.Sgd;
import io.graft.training.schedule.LearningRates;
import io.graft.training.schedule.Schedule;
import io.graft.training.schedule.TrainingMoment;
import io.graft.training.schedule.Unfreezing;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ModelTrainerTest {
    private static final AdamW DECAYING =
            new AdamW(1e-2, 0.9, 0.999, 1e-8, 0.1, List.of(), Optional.empty(), Optional.empty());

    static Stream<Named<Supplier<Model>>> models() {
        return Stream.of(Named.of("block", Trained::net), Named.of("program", () -> Trained.script("net")));
    }

    private static Schedule schedule(
            String parameters, Long fromEpoch, Long fromStep, Long untilEpoch, Long untilStep) {
        return new Schedule(
                List.of(Selector.parse(parameters)),
                Optional.ofNullable(fromEpoch),
                Optional.ofNullable(fromStep),
                Optional.ofNullable(untilEpoch),
                Optional.ofNullable(untilStep));
    }

    @ParameterizedTest
    @MethodSource("models")
    void g20WhatIsFrozenKeepsEveryByte(Supplier<Model> source) {
        try (Model model = source.get()) {
            ModifiedModel modified = Trained.modified(model, Trained.freezing("encoder", "norm.weight"));
            Map<String, ByteBuffer> before = Trained.bytes(modified);
            try (ModelTrainer trainer = Trained.trainer(modified, TrainingOptions.of(DECAYING))) {
                for (int step = 0; step < 3; step++) {
                    Trained.step(trainer, step);
                }
                assertEquals(new TrainingMoment(0, 3, 3), trainer.moment());
                assertEquals(
                        List.of("decoder.bias", "decoder.weight", "norm.bias"),
                        Trained.changed(before, Trained.bytes(modified)).stream()
                                .filter(name -> !name.contains("running") && !name.contains("num_batches"))
                                .toList());
                assertEquals(
                        List.of("norm.bias", "decoder.weight", "decoder.bias"),
                        List.copyOf(trainer.optimizer().states().keySet()).stream()
                                .sorted((a, b) -> Integer.compare(order(modified, a), order(modified, b)))
                                .toList());
            }
        }
    }

    /** Found before the first step, and not when the moment comes. */
    @Test
    void aPartThatCannotStandStillLaterIsRefused() {
        SequentialBlock block = new SequentialBlock()
                .add(new Net())
                .add(Linear.builder().setUnits(2).build());
        try (Model model = Trained.block(block, new Shape(8, 4))) {
            ModifiedModel modified = Trained.modified(model);
            TrainingOptions options = TrainingOptions.of(Sgd.of(0.1)).with(schedule("0.**", null, null, 1L, null));
            GraftException refused = assertThrows(GraftException.class, () -> Trained.trainer(modified, options));
            assertEquals(
                    List.of(
                            "a frozen part cannot be kept from dropping out and from updating its statistics in training: `0`"
                                    + " (class Net is final, so that none can stand in for it) [from epoch 1 on]"),
                    refused.problems().stream()
                            .map(problem -> problem.message() + " " + problem.notes())
                            .toList());
            Trained.trainer(modified, TrainingOptions.of(Sgd.of(0.1))).close();
        }
    }

    private static int order(ModifiedModel model, String name) {
        return List.copyOf(model.parameters().keySet()).indexOf(name);
    }

    @ParameterizedTest
    @MethodSource("models")
    void g19AGradientFromBeforeTheFreezeMovesNothing(Supplier<Model> source) {
        try (Model model = source.get()) {
            ModifiedModel modified = Trained.modified(model);
            Parameter weight = modified.parameters().get("encoder.weight");
            try (ModelTrainer trainer = Trained.trainer(modified, TrainingOptions.of(DECAYING))) {
                // The optimizer has moments of it, and decays what it moves.
                Trained.step(trainer, 0);
                Trained.backward(trainer, 1);
                ByteBuffer before = Trained.bytes(modified).get("encoder.weight");
                weight.freeze(true);
                trainer.step();
                assertEquals(before, Trained.bytes(modified).get("encoder.weight"));
                weight.freeze(false);
                assertArrayEquals(new float[12], weight.getArray().getGradient().toFloatArray());
            }
        }
    }

    @Test
    void aTensorOfTwoNamesIsFrozenUnderBothAndUpdatedOnce() {
        try (Model model = Trained.script("tied")) {
            ModifiedModel modified = Trained.modified(model, Trained.freezing("second"));
            Map<String, ByteBuffer> before = Trained.bytes(modified);
            try (ModelTrainer trainer = Trained.trainer(modified, TrainingOptions.of(DECAYING))) {
                Trained.step(trainer, 0);
                assertEquals(List.of("head.bias", "head.weight"), Trained.changed(before, Trained.bytes(modified)));
            }
        }
        float[] twice = decayed(Trained.script("tied"));
        float[] once = decayed(Trained.block(
                new SequentialBlock()
                        .add(Linear.builder().setUnits(3).optBias(false).build()),
                new Shape(8, 3)));
        assertEquals(once[0], twice[0], 1e-6);
    }

    /** How much smaller the first weight is after a step that only decays. */
    private static float[] decayed(Model model) {
        AdamW still = new AdamW(1e-1, 0.9, 0.999, 1e9, 0.5, List.of(), Optional.empty(), Optional.empty());
        try (model) {
            ModifiedModel modified = Trained.modified(model);
            NDArray first = modified.parameters().values().iterator().next().getArray();
            float before = first.toFloatArray()[0];
            try (ModelTrainer trainer = ModelTrainer.of(
                            modified, new DefaultTrainingConfig(Loss.l2Loss()), TrainingOptions.of(still));
                    NDManager scope = trainer.getManager().newSubManager();
                    GradientCollector collector = trainer.newGradientCollector()) {
                collector.backward(trainer.forward(new NDList(scope.ones(new Shape(8, 3))))
                        .head()
                        .sum());
                trainer.step();
                return new float[] {first.toFloatArray()[0] / before};
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void g27SchedulesAreCarriedOut(Supplier<Model> source) {
        try (Model model = source.get()) {
            ModifiedModel modified = Trained.modified(model, Trained.freezing("encoder"));
            TrainingOptions options = TrainingOptions.of(DECAYING)
                    .with(
                            schedule("encoder", 1L, null, null, null),
                            schedule("norm.weight", null, 1L, null, 3L),
                            schedule("decoder.bias", null, null, 1L, null));
            List<String> trained = new ArrayList<>();
            try (ModelTrainer trainer = Trained.trainer(modified, options)) {
                for (int epoch = 0; epoch < 2; epoch++) {
                    for (int step = 0; step < 2; step++) {
                        Map<String, ByteBuffer> before = Trained.bytes(modified);
                        Trained.step(trainer, step);
                        trained.add(String.join(
                                " ",
                                Trained.changed(before, Trained.bytes(modified)).stream()
                                        .filter(modified.parameters()::containsKey)
                                        .toList()));
                    }
                    trainer.notifyListeners(listener -> listener.onEpoch(trainer));
                }
                assertEquals(new TrainingMoment(2, 4, 0), trainer.moment());
                assertEquals(
                        2, trainer.optimizer().states().get("encoder.weight").steps());
            }
            assertEquals(
                    List.of(
                            "decoder.bias decoder.weight norm.bias",
                            "decoder.bias decoder.weight norm.bias norm.weight",
                            "decoder.weight encoder.bias encoder.weight norm.bias norm.weight",
                            "decoder.weight encoder.bias encoder.weight norm.bias"),
                    trained);
        }
    }

    @Test
    void depthsAreUnfrozenOneAfterTheOther() {
        try (Model model = Trained.net()) {
            ModifiedModel modified = Trained.modified(model);
            Unfreezing gradual = new Unfreezing(
                    List.of(Selector.parse("decoder"), Selector.parse("norm"), Selector.parse("encoder")), 2);
            List<String> trained = new ArrayList<>();
            try (ModelTrainer trainer =
                    Trained.trainer(modified, TrainingOptions.of(DECAYING).with(gradual))) {
                for (int epoch = 0; epoch < 5; epoch++) {
                    trained.add(modified.parameters().entrySet().stream()
                            .filter(each -> each.getValue().requiresGradient())
                            .map(Map.Entry::getKey)
                            .filter(name -> name.endsWith("weight"))
                            .toList()
                            .toString());
                    trainer.notifyListeners(listener -> listener.onEpoch(trainer));
                }
            }
            assertEquals(
                    List.of(
                            "[decoder.weight]",
                            "[decoder.weight]",
                            "[norm.weight, decoder.weight]",
                            "[norm.weight, decoder.weight]",
                            "[encoder.weight, norm.weight, decoder.weight]"),
                    trained);
        }
    }

    @Test
    void aParameterHasOneSchedule() {
        try (Model model = Trained.net()) {
            ModifiedModel modified = Trained.modified(model);
            TrainingOptions options = TrainingOptions.of(DECAYING)
                    .with(schedule("encoder", 1L, null, null, null))
                    .with(new Unfreezing(List.of(Selector.parse("encoder.weight")), 1));
            assertEquals(
                    "error[duplicate-element] unfreezing.depths[0]: `encoder.weight` selects `encoder.weight`, which schedules[0] has"
                            + " already",
                    assertThrows(GraftException.class, () -> Trained.trainer(modified, options))
                            .getMessage());
        }
    }

    @Test
    void nothingToTrainIsToldBeforeTheFirstStep() {
        try (Model model = Trained.net()) {
            ModifiedModel frozen = Trained.modified(model, Trained.freezing("**"));
            assertEquals(
                    "error[nothing-trainable]: nothing is trained in the first step: all 6 parameters of the model are frozen",
                    assertThrows(GraftException.class, () -> Trained.trainer(frozen, TrainingOptions.of(DECAYING)))
                            .getMessage());
            TrainingOptions later = TrainingOptions.of(DECAYING).with(schedule("decoder", 2L, null, null, null));
            assertEquals(
                    "error[nothing-trainable]: nothing is trained in the first step: all 6 parameters of the model are frozen, and the"
                            + " first schedule begins later",
                    assertThrows(GraftException.class, () -> Trained.trainer(frozen, later))
                            .getMessage());
            TrainingOptions ending = TrainingOptions.of(DECAYING).with(schedule("decoder", null, null, null, 1L));
            try (ModelTrainer trainer = Trained.trainer(frozen, ending)) {
                Trained.step(trainer, 0);
                assertEquals(
                        "nothing is left to be trained at epoch 0, step 1: every parameter is frozen; end the training, or its schedules"
                                + " later",
                        assertThrows(IllegalStateException.class, () -> Trained.step(trainer, 1))
                                .getMessage());
            }
        }
    }

    /** DJL's issue 3696. */
    @Test
    void gradientsWhoseSumIsZeroAreNoFalseAlarm() {
        Block head = Linear.builder().setUnits(2).build();
        try (Model model = Trained.block(head, new Shape(1, 2))) {
            ModifiedModel modified = Trained.modified(model);
            try (ModelTrainer trainer = Trained.trainer(modified, TrainingOptions.of(Sgd.of(0.5)));
                    NDManager scope = trainer.getManager().newSubManager()) {
                try (GradientCollector collector = trainer.newGradientCollector()) {
                    NDArray outputs = trainer.forward(new NDList(scope.ones(new Shape(1, 2))))
                            .head();
                    collector.backward(
                            outputs.mul(scope.create(new float[] {1, -1})).sum());
                }
                float[] before = modified.parameters().get("bias").getArray().toFloatArray();
                trainer.step();
                assertArrayEquals(
                        new float[] {before[0] - 0.5f, before[1] + 0.5f},
                        modified.parameters().get("bias").getArray().toFloatArray());
            }
        }
    }

    @Test
    void gradientsThatNobodyComputedAreStillTold() {
        try (Model model = Trained.net();
                ModelTrainer trainer = Trained.trainer(Trained.modified(model), TrainingOptions.of(DECAYING))) {
            trainer.initialize(new Shape(8, 4));
            assertTrue(assertThrows(IllegalStateException.class, trainer::step)
                    .getMessage()
                    .startsWith("Gradient values are all zeros"));
        }
    }

    @Test
    void twoAtOnceAreTold() {
        try (Model model = Trained.net();
                Model second = Trained.net()) {
            ModifiedModel modified = Trained.modified(model);
            try (ModelTrainer trainer = Trained.trainer(modified, TrainingOptions.of(DECAYING));
                    ModelTrainer other = Trained.trainer(Trained.modified(second), TrainingOptions.of(DECAYING))) {
                assertEquals(
                        "model `block` has a trainer that is not closed: close it before another one begins",
                        assertThrows(
                                        IllegalStateException.class,
                                        () -> Trained.trainer(modified, TrainingOptions.of(DECAYING)))
                                .getMessage());
                String busy =
                        "gradients are collected in this process already, and DJL's engine does that for one trainer at a time: close the"
                                + " other collector first, or train in two processes";
                GradientCollector first = trainer.newGradientCollector();
                assertEquals(busy, refusal(other));
                first.close();
                GradientCollector plain = model.getNDManager().getEngine().newGradientCollector();
                assertEquals(busy, refusal(other));
                plain.close();
                Trained.step(other, 0);
            }
            Trained.trainer(modified, TrainingOptions.of(DECAYING)).close();
        }
    }

    /** Frozen by a modifier or by a schedule, for good or for some epochs, in blocks and in programs. */
    @ParameterizedTest
    @MethodSource("models")
    void g18StatisticsOfAFrozenPartStandStill(Supplier<Model> source) {
        for (boolean isScheduled : List.of(false, true)) {
            try (Model model = source.get()) {
                ModifiedModel modified =
                        isScheduled ? Trained.modified(model) : Trained.modified(model, Trained.freezing("norm"));
                TrainingOptions options = TrainingOptions.of(AdamW.of(0.1));
                Map<String, ByteBuffer> before = Trained.bytes(modified);
                try (ModelTrainer trainer = Trained.trainer(
                        modified, isScheduled ? options.with(schedule("norm", null, 9L, null, null)) : options)) {
                    Trained.step(trainer, 0);
                    Trained.step(trainer, 1);
                }
                List<String> changed = Trained.changed(before, Trained.bytes(modified));
                assertEquals(
                        List.of("decoder.bias", "decoder.weight", "encoder.bias", "encoder.weight"),
                        changed,
                        changed.toString());
            }
        }
    }

    /** It begins to move when it is trained, and stands again when it is not, whether a modifier or a schedule froze it first. */
    @ParameterizedTest
    @MethodSource("models")
    void g27StatisticsFollowTheSchedule(Supplier<Model> source) {
        for (boolean isFrozenBefore : List.of(false, true)) {
            try (Model model = source.get()) {
                ModifiedModel modified =
                        isFrozenBefore ? Trained.modified(model, Trained.freezing("norm")) : Trained.modified(model);
                TrainingOptions options = TrainingOptions.of(AdamW.of(0.1)).with(schedule("norm", 1L, null, 2L, null));
                List<Boolean> moved = new ArrayList<>();
                try (ModelTrainer trainer = Trained.trainer(modified, options)) {
                    for (int epoch = 0; epoch < 4; epoch++) {
                        Map<String, ByteBuffer> before = Trained.bytes(modified);
                        Trained.step(trainer, epoch);
                        Trained.step(trainer, epoch);
                        List<String> changed = Trained.changed(before, Trained.bytes(modified));
                        assertTrue(changed.contains("encoder.weight"), changed.toString());
                        assertEquals(changed.contains("norm.weight"), changed.contains("norm.running_mean"));
                        moved.add(changed.contains("norm.running_mean"));
                        trainer.notifyListeners(listener -> listener.onEpoch(trainer));
                    }
                    assertEquals(
                            8,
                            trainer.optimizer().states().get("encoder.weight").steps());
                    assertEquals(
                            2, trainer.optimizer().states().get("norm.weight").steps());
                }
                assertEquals(List.of(false, true, false, false), moved);
            }
        }
    }

    /** Dropout stands with what is around it: a net that is frozen but for what comes before its dropout draws nothing. */
    @ParameterizedTest
    @MethodSource("models")
    void g27DepthsBeginToMoveOneAfterTheOther(Supplier<Model> source) {
        try (Model model = source.get()) {
            ModifiedModel modified = Trained.modified(model);
            Unfreezing gradual = new Unfreezing(
                    List.of(Selector.parse("decoder"), Selector.parse("norm"), Selector.parse("encoder")), 1);
            List<String> moved = new ArrayList<>();
            try (ModelTrainer trainer =
                    Trained.trainer(modified, TrainingOptions.of(DECAYING).with(gradual))) {
                for (int epoch = 0; epoch < 3; epoch++) {
                    Map<String, ByteBuffer> before = Trained.bytes(modified);
                    Trained.step(trainer, epoch);
                    moved.add(String.join(
                            " ",
                            Trained.changed(before, Trained.bytes(modified)).stream()
                                    .filter(name ->
                                            !name.endsWith("bias") && !name.contains("var") && !name.contains("num"))
                                    .toList()));
                    trainer.notifyListeners(listener -> listener.onEpoch(trainer));
                }
            }
            assertEquals(
                    List.of(
                            "decoder.weight",
                            "decoder.weight norm.running_mean norm.weight",
                            "decoder.weight encoder.weight norm.running_mean norm.weight"),
                    moved);
        }
    }

    private static String refusal(ModelTrainer trainer) {
        return assertThrows(IllegalStateException.class, trainer::newGradientCollector)
                .getMessage();
    }

    @Test
    void otherDevicesAreRefused() {
        try (Model model = Trained.net()) {
            ModifiedModel modified = Trained.modified(model);
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(Loss.l2Loss()).optDevices(new Device[] {Device.cpu(), Device.gpu(3)});
            assertEquals(
                    "the parameters are on cpu(), and the trainer is to use [cpu(), gpu(3)]: give it the device of the parameters alone,"
                            + " `optDevices`, or load the model onto another one",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> ModelTrainer.of(modified, config, TrainingOptions.of(DECAYING)))
                            .getMessage());
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void aSeedAndAStepGiveTheSameLoss(Supplier<Model> source) {
        assertEquals(losses(source, 11), losses(source, 11));
        assertFalse(losses(source, 11).equals(losses(source, 12)));
    }

    private static List<Float> losses(Supplier<Model> source, long seed) {
        List<Float> losses = new ArrayList<>();
        try (Model model = source.get();
                ModelTrainer trainer = Trained.trainer(
                        Trained.modified(model), TrainingOptions.of(DECAYING).seeded(seed))) {
            for (int step = 0; step < 4; step++) {
                losses.add(Trained.step(trainer, step));
            }
        }
        return losses;
    }

    @Test
    void learningRatesChangeWithTheStep() {
        LearningRates rates = new LearningRates(2, LearningRates.Decay.LINEAR, Optional.of(4L));
        try (Model model = Trained.net();
                ModelTrainer trainer = Trained.trainer(
                        Trained.modified(model), TrainingOptions.of(Sgd.of(0.5)).with(rates))) {
            List<Boolean> moved = new ArrayList<>();
            for (int step = 0; step < 5; step++) {
                Map<String, ByteBuffer> before = Trained.bytes(trainer.modified());
                Trained.step(trainer, step);
                moved.add(Trained.changed(before, Trained.bytes(trainer.modified()))
                        .contains("decoder.bias"));
            }
            assertEquals(List.of(false, true, true, true, false), moved);
        }
    }
}
