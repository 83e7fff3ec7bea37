package io.graft.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.graft.djl.run.PyTorchEngine;
import io.graft.model.ModelDraft;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What frozen means to DJL's trainer. Letters and numbers are the ids of the reference scenarios. */
class FineTuningTest {
    private static final Shape INPUT = new Shape(5, 4);

    @Test
    void g20FrozenWeightsKeepEveryBitInATrainingStep() throws IOException {
        try (BlockModel model = Models.m43()) {
            BlockTarget target = model.target();
            freeze(target, "encoder.weight", "encoder.bias");
            Models.Snapshot encoder = snapshot(target, "encoder.weight");
            Models.Snapshot decoder = snapshot(target, "decoder.weight");
            try (Trainer trainer = trainer(model.model(), 0.01f)) {
                backward(trainer);
                trainer.step();
            }
            assertEquals(encoder, snapshot(target, "encoder.weight"));
            assertNotEquals(decoder, snapshot(target, "decoder.weight"));
        }
    }

    @Test
    void g19AWeightFrozenAfterBackwardDoesNotMove() throws IOException {
        try (BlockModel model = Models.m43();
                Trainer trainer = trainer(model.model(), 0.01f)) {
            BlockTarget target = model.target();
            backward(trainer);
            freeze(target, "encoder.weight", "encoder.bias");
            Models.Snapshot encoder = snapshot(target, "encoder.weight");
            trainer.step();
            assertEquals(encoder, snapshot(target, "encoder.weight"));
        }
    }

    @Test
    void g19AWeightThatIsTrainedAgainDoesNotTakeItsOldGradient() throws IOException {
        try (BlockModel model = Models.m43();
                Trainer trainer = trainer(model.model(), 0)) {
            BlockTarget target = model.target();
            backward(trainer);
            freeze(target, "encoder.weight");
            ModelDraft draft = target.draft();
            draft.unfreeze("encoder.weight");
            target.commit(Models.plan(target, draft)).close();
            Models.Snapshot encoder = snapshot(target, "encoder.weight");
            trainer.step();
            assertEquals(encoder, snapshot(target, "encoder.weight"));
        }
    }

    @Test
    void aRolledBackFreezeKeepsTheGradient() throws IOException {
        try (BlockModel model = Models.m43();
                Trainer trainer = trainer(model.model(), 0)) {
            BlockTarget target = model.target();
            backward(trainer);
            NDArray weight = Models.parameter(target, "encoder.weight").getArray();
            float before = weight.getGradient().abs().sum().getFloat();
            ModelDraft draft = target.draft();
            draft.freeze("encoder.weight");
            try (var commit = target.commit(Models.plan(target, draft))) {
                commit.rollBack();
            }
            assertNotEquals(0f, before);
            assertEquals(before, weight.getGradient().abs().sum().getFloat());
        }
    }

    /** Why the model is taken over: this is DJL's own behaviour. */
    @Test
    void djlTrainsEveryParameterOfALoadedModel(@TempDir Path folder) throws Exception {
        try (Model model = loaded(folder)) {
            model.getBlock().freezeParameters(true);
            model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss())).close();
            assertTrue(model.getBlock().getParameters().valueAt(0).requiresGradient());
        }
    }

    @Test
    void aFrozenBlockOfALoadedModelStaysFrozenInATrainer(@TempDir Path folder) throws Exception {
        try (Model model = loaded(folder)) {
            BlockTarget target = BlockTarget.of(model);
            freeze(target, "encoder.weight", "encoder.bias");
            Models.Snapshot encoder = snapshot(target, "encoder.weight");
            Models.Snapshot decoder = snapshot(target, "decoder.weight");
            try (Trainer trainer = trainer(model, 0.01f)) {
                backward(trainer);
                trainer.step();
            }
            assertEquals(encoder, snapshot(target, "encoder.weight"));
            assertNotEquals(decoder, snapshot(target, "decoder.weight"));
        }
    }

    @Test
    void trainableParametersOfALoadedModelGetTheirGradients(@TempDir Path folder) throws Exception {
        try (Model model = loaded(folder)) {
            BlockTarget target = BlockTarget.of(model);
            Parameter decoder = Models.parameter(target, "decoder.weight");
            assertFalse(decoder.getArray().hasGradient());
            freeze(target, "encoder.weight");
            assertTrue(decoder.getArray().hasGradient());
        }
    }

    @Test
    void aRolledBackCommitLeavesALoadedModelToDjl(@TempDir Path folder) throws Exception {
        try (Model model = loaded(folder)) {
            BlockTarget target = BlockTarget.of(model);
            ModelDraft draft = target.draft();
            draft.freeze("encoder.weight");
            try (var commit = target.commit(Models.plan(target, draft))) {
                commit.rollBack();
            }
            model.getBlock().freezeParameters(true);
            model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss())).close();
            assertTrue(Models.parameter(target, "encoder.weight").requiresGradient());
        }
    }

    @Test
    void aModelWithoutABlockIsRefused() {
        PyTorchEngine.start();
        try (Model model = Model.newInstance("empty", "PyTorch")) {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> BlockTarget.of(model));
            assertEquals("model `empty` has no block: set or load one before it is modified", refused.getMessage());
        }
    }

    private static Model loaded(Path folder) throws IOException, MalformedModelException {
        try (BlockModel saved = Models.m43()) {
            saved.model().setProperty("Epoch", "0");
            saved.model().save(folder, "m43");
        }
        Model model = Model.newInstance("m43", "PyTorch");
        model.setBlock(new M43());
        model.load(folder, "m43");
        return model;
    }

    private static void freeze(BlockTarget target, String... names) throws IOException {
        ModelDraft draft = target.draft();
        for (String name : names) {
            draft.freeze(name);
        }
        target.commit(Models.plan(target, draft)).close();
    }

    private static Models.Snapshot snapshot(BlockTarget target, String name) {
        return Models.Snapshot.of(Models.parameter(target, name));
    }

    private static Trainer trainer(Model model, float weightDecay) {
        Trainer trainer = model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss())
                .optDevices(new Device[] {Device.cpu()})
                .optOptimizer(Optimizer.adamW()
                        .optLearningRateTracker(Tracker.fixed(0.1f))
                        .optWeightDecays(weightDecay)
                        .build()));
        trainer.initialize(INPUT);
        return trainer;
    }

    private static void backward(Trainer trainer) {
        try (NDManager scope = trainer.getManager().newSubManager();
                GradientCollector collector = trainer.newGradientCollector()) {
            NDList output = trainer.forward(new NDList(scope.ones(INPUT)));
            collector.backward(output.singletonOrThrow().square().sum());
        }
    }
}
