package io.graft.benchmarks.live;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.loss.Loss;
import io.graft.ModelModifier;
import io.graft.apply.ModelModifierApplier;
import io.graft.benchmarks.measuring.Turns;
import io.graft.djl.ModifiedModel;
import io.graft.model.tree.Selector;
import io.graft.modifiers.freezing.FreezingModelModifier;
import io.graft.modifiers.freezing.FreezingOptions;
import io.graft.training.ModelTrainer;
import io.graft.training.TrainingOptions;
import io.graft.training.checkpoint.CheckpointOptions;
import io.graft.training.checkpoint.CheckpointSaver;
import io.graft.training.optimizer.AdamW;
import io.graft.training.schedule.LearningRates;
import io.graft.training.schedule.TrainingMoment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Saving a training, beside {@code cp} of what is saved and beside copying its values; and a step with a frozen encoder, beside one that
 * trains all. What is compared takes turns, in one process.
 */
public final class TrainingBenchmark {
    private static final int WIDTH = 1024;
    private static final int ENCODER_WIDTH = 384;
    private static final Shape TOKENS = new Shape(8, 64, ENCODER_WIDTH);

    private TrainingBenchmark() {}

    /** Takes a folder, and the size of a checkpoint in mebibytes, 384 if nothing is said. */
    public static void main(String[] args) throws IOException {
        if (args.length < 1) {
            System.err.println("usage: TrainingBenchmark FOLDER [MEBIBYTES]");
            return;
        }
        save(Path.of(args[0]), args.length > 1 ? Integer.parseInt(args[1]) : 384);
        step();
    }

    /** The optimizer remembers two arrays for each weight. */
    private static void save(Path folder, int mebibytes) throws IOException {
        SequentialBlock block = new SequentialBlock();
        for (int layer = 0; layer < mebibytes / 12; layer++) {
            block.add(Linear.builder().setUnits(WIDTH).optBias(false).build());
        }
        try (Model model = model(block, new Shape(1, WIDTH));
                ModelTrainer trainer = trainer(modified(model))) {
            step(trainer, new Shape(1, WIDTH));
            Path checkpoints = folder.resolve("checkpoints");
            CheckpointOptions options = CheckpointOptions.in(checkpoints).everySteps(1);
            save(trainer, options.unsynced(), checkpoints, "written, `sync = false`", "`cp`", "");
            save(trainer, options, checkpoints, "written", "`cp` and `sync`", " && sync -f ");
        }
    }

    /** One way to save beside one to copy: what forces a file keeps others waiting. */
    private static void save(
            ModelTrainer trainer,
            CheckpointOptions options,
            Path checkpoints,
            String written,
            String copied,
            String more)
            throws IOException {
        Path copy = checkpoints.resolveSibling("copy");
        try (CheckpointSaver saver =
                new CheckpointSaver(options, trainer.modified(), trainer.optimizer(), LearningRates.CONSTANT, 0)) {
            long[] steps = {0};
            Turns turns = new Turns();
            turns.add("copy the values", () -> copyValues(trainer));
            turns.add("the loop stops", () -> saver.afterStep(new TrainingMoment(0, ++steps[0], 0)));
            turns.add("and the checkpoint is " + written, saver::await);
            turns.add(
                    "and the oldest removed, for which nobody waits", () -> awaitRemoval(checkpoints, options.keep()));
            turns.add(copied, () -> copy(checkpoints, copy, more.isEmpty() ? "" : more + copy));
            turns.add("delete the copy", () -> delete(copy));
            turns.take(5, 15);
        } finally {
            delete(checkpoints);
        }
    }

    private static void copyValues(ModelTrainer trainer) {
        trainer.optimizer().names().forEach(name -> {
            trainer.optimizer().parameter(name).getArray().toByteBuffer();
            trainer.optimizer().states().get(name).arrays().values().forEach(NDArray::toByteBuffer);
        });
    }

    private static void awaitRemoval(Path checkpoints, int kept) throws IOException {
        while (count(checkpoints) > kept) {
            LockSupport.parkNanos(100_000);
        }
    }

    /** With one that is being removed. */
    private static long count(Path checkpoints) throws IOException {
        try (Stream<Path> all = Files.list(checkpoints)) {
            return all.count();
        }
    }

    /** The last of the checkpoints, in a process of its own. */
    private static void copy(Path checkpoints, Path to, String more) throws IOException {
        try (Stream<Path> all = Files.list(checkpoints)) {
            Path last = all.max(Comparator.naturalOrder()).orElseThrow();
            Process process = new ProcessBuilder("sh", "-c", "cp -r " + last + " " + to + more)
                    .inheritIO()
                    .start();
            if (process.waitFor() != 0) {
                throw new IOException("cp failed");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
    }

    private static void step() throws IOException {
        ModelModifier freezing =
                new FreezingModelModifier(new FreezingOptions(List.of(Selector.parse("0")), true, List.of()));
        try (Model whole = model(encoder(), TOKENS);
                Model headOnly = model(encoder(), TOKENS);
                ModelTrainer all = trainer(modified(whole));
                ModelTrainer head = trainer(modified(headOnly, freezing))) {
            Turns turns = new Turns();
            turns.add("a step of everything", () -> step(all, TOKENS));
            turns.add("a step with a frozen encoder", () -> step(head, TOKENS));
            turns.take(3, 9);
        }
    }

    private static Block encoder() {
        SequentialBlock encoder = new SequentialBlock();
        for (int layer = 0; layer < 3; layer++) {
            encoder.add(new TransformerEncoderBlock(ENCODER_WIDTH, 6, 4 * ENCODER_WIDTH, 0.1f, Activation::gelu));
        }
        return new SequentialBlock()
                .add(encoder)
                .add(Linear.builder().setUnits(2).build());
    }

    private static Model model(Block block, Shape input) {
        Model model = Model.newInstance("trained", "PyTorch");
        block.initialize(model.getNDManager(), DataType.FLOAT32, input);
        model.setBlock(block);
        return model;
    }

    private static ModifiedModel modified(Model model, ModelModifier... modifiers) {
        return ModelModifierApplier.create()
                .model(model)
                .configuration(List.of(modifiers))
                .run();
    }

    private static ModelTrainer trainer(ModifiedModel model) {
        return ModelTrainer.of(model, new DefaultTrainingConfig(Loss.l2Loss()), TrainingOptions.of(AdamW.of(1e-4)));
    }

    private static void step(ModelTrainer trainer, Shape input) {
        try (NDManager scope = trainer.getManager().newSubManager()) {
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDList outputs = trainer.forward(new NDList(scope.randomNormal(input)));
                collector.backward(outputs.head().square().mean());
                outputs.close();
            }
            trainer.step();
        }
    }
}
