package io.graft.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.loss.Loss;
import io.graft.GraftException;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.djl.ModifiedModel;
import io.graft.training.checkpoint.CheckpointOptions;
import io.graft.training.checkpoint.CheckpointSaver;
import io.graft.training.checkpoint.SavedTraining;
import io.graft.training.optimizer.AdamW;
import io.graft.training.optimizer.NamedOptimizer;
import io.graft.training.optimizer.Sgd;
import io.graft.training.schedule.LearningRates;
import io.graft.training.schedule.TrainingMoment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Trainings that are saved, and gone on with. */
class CheckpointsTest {
    @TempDir
    Path folder;

    static Stream<Named<Supplier<Model>>> models() {
        return Stream.of(Named.of("block", Trained::net), Named.of("program", () -> Trained.script("net")));
    }

    private TrainingOptions saving(CheckpointOptions options) {
        return TrainingOptions.of(AdamW.of(1e-2)).seeded(9).with(options);
    }

    private static DefaultTrainingConfig config() {
        return new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss());
    }

    private static void endEpoch(ModelTrainer trainer) {
        trainer.notifyListeners(listener -> listener.onEpoch(trainer));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }

    /** Losses of a few steps, and the weights after them. */
    private record Trail(List<Float> losses, Map<String, ByteBuffer> end) {}

    private static Trail go(ModelTrainer trainer, int from, int until) {
        List<Float> losses = new ArrayList<>();
        for (int step = from; step < until; step++) {
            losses.add(Trained.step(trainer, step));
        }
        return new Trail(losses, Trained.bytes(trainer.modified()));
    }

    /** Bit for bit. */
    @ParameterizedTest
    @MethodSource("models")
    void c14c23WhatGoesOnIsWhatNeverStopped(Supplier<Model> source) throws IOException {
        Trail whole;
        try (Model model = source.get();
                ModelTrainer trainer = Trained.trainer(
                        Trained.modified(model),
                        saving(CheckpointOptions.in(folder).everySteps(3)))) {
            go(trainer, 0, 3);
            whole = go(trainer, 3, 7);
        }
        assertEquals(List.of("step-00000003", "step-00000006"), names());
        SavedTraining saved = SavedTraining.open(folder.resolve("step-00000003"));
        assertEquals(new TrainingMoment(0, 3, 3), saved.moment());
        try (Model model = source.get()) {
            ModifiedModel loaded = Trained.modified(model, Trained.loading(saved.model()));
            try (ModelTrainer trainer =
                    ModelTrainer.resume(loaded, config(), TrainingOptions.of(AdamW.of(1e-2)), saved)) {
                Trail rest = go(trainer, 3, 7);
                assertEquals(whole.losses(), rest.losses());
                assertEquals(List.of(), Trained.changed(whole.end(), rest.end()));
                assertEquals(9, trainer.seed());
                assertEquals(
                        7, trainer.optimizer().states().get("decoder.weight").steps());
            }
        }
    }

    @Test
    void theLastOnesAreKept() throws IOException {
        try (Model model = Trained.net();
                ModelTrainer trainer = Trained.trainer(Trained.modified(model), saving(CheckpointOptions.in(folder)))) {
            for (int epoch = 0; epoch < 5; epoch++) {
                Trained.step(trainer, epoch);
                endEpoch(trainer);
            }
        }
        assertEquals(List.of("step-00000003", "step-00000004", "step-00000005"), names());
        SavedTraining last = SavedTraining.last(folder).orElseThrow();
        assertEquals(new TrainingMoment(5, 5, 0), last.moment());
        assertEquals(Optional.empty(), last.value());
        assertEquals(
                List.of("decoder.bias", "decoder.weight", "encoder.bias", "encoder.weight"),
                Checkpoint.open(last.model()).tensors().keySet().stream()
                        .filter(name -> !name.startsWith("norm"))
                        .sorted()
                        .toList());
        assertTrue(Files.readString(last.model().resolveSibling("graft-manifest.json"))
                .contains("\"tool\": \"graft\""));
        assertEquals(Optional.empty(), SavedTraining.last(folder.resolve("nothing")));
    }

    /** Who does not wait for the disk has the same files. */
    @Test
    void anUnsyncedOneIsTheSame() throws IOException {
        Path synced = folder.resolve("synced");
        Path unsynced = folder.resolve("unsynced");
        try (Model model = Trained.net();
                NamedOptimizer optimizer = NamedOptimizer.of(Trained.modified(model), AdamW.of(1e-2))) {
            for (CheckpointOptions options : List.of(
                    CheckpointOptions.in(synced), CheckpointOptions.in(unsynced).unsynced())) {
                try (CheckpointSaver saver =
                        new CheckpointSaver(options, Trained.modified(model), optimizer, LearningRates.CONSTANT, 0)) {
                    saver.afterEpoch(new TrainingMoment(1, 1, 0), Map.of());
                }
            }
        }
        for (String file : List.of("model.safetensors", "optimizer.safetensors", "graft-manifest.json")) {
            Path one = synced.resolve("step-00000001").resolve(file);
            Path other = unsynced.resolve("step-00000001").resolve(file);
            assertEquals(-1, Files.mismatch(one, other), file);
        }
    }

    /** Who is interrupted while the one before is written does not wait for it, and overwrites nothing of it. */
    @Test
    void anInterruptLeavesWhatIsBeingWrittenAlone() throws IOException {
        Path alone = folder.resolve("alone");
        Path interrupted = folder.resolve("interrupted");
        try (Model model = Trained.net();
                ModelTrainer trainer = Trained.trainer(Trained.modified(model), TrainingOptions.of(AdamW.of(1e-2)))) {
            Trained.step(trainer, 0);
            try (CheckpointSaver saver = saver(alone, trainer)) {
                saver.afterEpoch(new TrainingMoment(1, 1, 0), Map.of());
            }
            try (CheckpointSaver saver = saver(interrupted, trainer)) {
                saver.afterEpoch(new TrainingMoment(1, 1, 0), Map.of());
                Trained.step(trainer, 1);
                Thread.currentThread().interrupt();
                saver.afterEpoch(new TrainingMoment(2, 2, 0), Map.of());
                assertTrue(Thread.interrupted());
            }
        }
        Path first = interrupted.resolve("step-00000001");
        for (String file : List.of("model.safetensors", "optimizer.safetensors")) {
            assertEquals(-1, Files.mismatch(alone.resolve("step-00000001").resolve(file), first.resolve(file)), file);
            assertTrue(
                    Files.mismatch(
                                    first.resolve(file),
                                    interrupted.resolve("step-00000002").resolve(file))
                            >= 0,
                    file);
        }
    }

    private static CheckpointSaver saver(Path path, ModelTrainer trainer) throws IOException {
        return new CheckpointSaver(
                CheckpointOptions.in(path), trainer.modified(), trainer.optimizer(), LearningRates.CONSTANT, 0);
    }

    /** One checkpoint, and that of the lowest loss. */
    private CheckpointOptions keepingTheBest() {
        return new CheckpointOptions(
                folder,
                Optional.empty(),
                Optional.empty(),
                CheckpointOptions.Format.SAFETENSORS,
                Optional.empty(),
                1,
                Optional.of("train_loss"),
                CheckpointOptions.Best.LOWEST,
                true);
    }

    @Test
    void c19TheBestOneIsKeptAsWellAndItsValueTold() throws IOException {
        CheckpointOptions options = keepingTheBest();
        Map<Integer, Float> values = Map.of(1, 3f, 2, 1f, 3, 2f, 4, 5f);
        try (Model model = Trained.net();
                NamedOptimizer optimizer = NamedOptimizer.of(Trained.modified(model), AdamW.of(1e-2));
                CheckpointSaver saver =
                        new CheckpointSaver(options, Trained.modified(model), optimizer, LearningRates.CONSTANT, 0)) {
            for (int epoch = 1; epoch <= 4; epoch++) {
                saver.afterEpoch(new TrainingMoment(epoch, epoch, 0), Map.of("train_loss", values.get(epoch)));
            }
        }
        assertEquals(List.of("step-00000002", "step-00000004"), names());
        assertEquals(
                Optional.of(1.0),
                SavedTraining.open(folder.resolve("step-00000002")).value());
        try (Model model = Trained.net();
                NamedOptimizer optimizer = NamedOptimizer.of(Trained.modified(model), AdamW.of(1e-2));
                CheckpointSaver saver =
                        new CheckpointSaver(options, Trained.modified(model), optimizer, LearningRates.CONSTANT, 0)) {
            saver.afterEpoch(new TrainingMoment(5, 5, 0), Map.of("train_loss", 4f));
        }
        assertEquals(List.of("step-00000002", "step-00000005"), names());
    }

    /** Nothing is better than a NaN, by which the first one would stay the best. */
    @Test
    void aValueThatIsNoNumberIsNeverTheBest() throws IOException {
        CheckpointOptions options = keepingTheBest();
        List<Float> values = List.of(Float.NaN, 2f, Float.NaN, 3f);
        try (Model model = Trained.net();
                NamedOptimizer optimizer = NamedOptimizer.of(Trained.modified(model), AdamW.of(1e-2));
                CheckpointSaver saver =
                        new CheckpointSaver(options, Trained.modified(model), optimizer, LearningRates.CONSTANT, 0)) {
            for (int epoch = 1; epoch <= 4; epoch++) {
                saver.afterEpoch(new TrainingMoment(epoch, epoch, 0), Map.of("train_loss", values.get(epoch - 1)));
            }
        }
        assertEquals(List.of("step-00000002", "step-00000004"), names());
    }

    @Test
    void theFolderMayBeALinkToOne() throws IOException {
        Path link = Files.createSymbolicLink(
                folder.resolveSibling(folder.getFileName() + "-link"), folder.toAbsolutePath());
        try (Model model = Trained.net();
                ModelTrainer trainer = Trained.trainer(Trained.modified(model), saving(CheckpointOptions.in(link)))) {
            Trained.step(trainer, 0);
            endEpoch(trainer);
        } finally {
            Files.delete(link);
        }
        assertEquals(List.of("step-00000001"), names());
    }

    /** It would take the first ones of this training for the oldest. */
    @Test
    void laterOnesOfAnotherTrainingStayAndCountForNothing() throws IOException {
        try (Model model = Trained.net();
                ModelTrainer trainer = Trained.trainer(Trained.modified(model), TrainingOptions.of(AdamW.of(1e-2)))) {
            try (CheckpointSaver saver = saver(folder, trainer)) {
                for (int step = 7; step <= 9; step++) {
                    saver.afterEpoch(new TrainingMoment(1, step, 0), Map.of());
                }
            }
            List<String> warnings = Warnings.of(() -> {
                try (CheckpointSaver saver = saver(folder, trainer)) {
                    for (int step = 1; step <= 4; step++) {
                        saver.afterEpoch(new TrainingMoment(1, step, 0), Map.of());
                    }
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            });
            assertEquals(
                    List.of(
                            folder
                                    + " has checkpoints of later steps than this training, up to step-00000009: they stay, and who"
                                    + " goes on with the folder goes on with the last of them; remove them, or give another path"),
                    warnings);
        }
        assertEquals(
                List.of(
                        "step-00000002",
                        "step-00000003",
                        "step-00000004",
                        "step-00000007",
                        "step-00000008",
                        "step-00000009"),
                names());
    }

    /** What is saved is not said to be lost. */
    @Test
    void anOldOneThatCannotBeRemovedIsToldAsThat() throws IOException {
        Path inTheWay = folder.resolve("step-00000001.old.part");
        List<String> warnings = Warnings.of(() -> {
            try (Model model = Trained.net();
                    ModelTrainer trainer =
                            Trained.trainer(Trained.modified(model), TrainingOptions.of(AdamW.of(1e-2)));
                    CheckpointSaver saver = saver(folder, trainer)) {
                Files.createDirectories(inTheWay.resolve("mine"));
                for (int step = 1; step <= 4; step++) {
                    saver.afterEpoch(new TrainingMoment(1, step, 0), Map.of());
                }
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        });
        assertEquals(
                List.of("an old checkpoint is not removed: FileSystemException: " + folder.resolve("step-00000001")
                        + " -> " + inTheWay + ": Directory not empty; those after it are whole"),
                warnings);
        assertEquals(
                List.of("step-00000001", "step-00000001.old.part", "step-00000002", "step-00000003", "step-00000004"),
                names());
    }

    @Test
    void whatAKilledProcessLeftIsRemoved() throws IOException {
        try (Model model = Trained.net();
                ModelTrainer trainer = Trained.trainer(Trained.modified(model), saving(CheckpointOptions.in(folder)))) {
            Trained.step(trainer, 0);
            endEpoch(trainer);
        }
        Path part = Files.createDirectory(folder.resolve("step-00000002.part"));
        Files.writeString(part.resolve("model.safetensors"), "half");
        Files.writeString(folder.resolve("notes.txt"), "mine");
        assertEquals(1, SavedTraining.last(folder).orElseThrow().moment().steps());
        try (Model model = Trained.net()) {
            Trained.trainer(Trained.modified(model), saving(CheckpointOptions.in(folder)))
                    .close();
        }
        assertEquals(List.of("notes.txt", "step-00000001"), names());
    }

    @Test
    void whatAKilledProcessWasAboutToReplaceIsPutBack() throws IOException {
        try (Model model = Trained.net();
                ModelTrainer trainer = Trained.trainer(Trained.modified(model), saving(CheckpointOptions.in(folder)))) {
            Trained.step(trainer, 0);
            endEpoch(trainer);
        }
        Path whole = folder.resolve("step-00000001");
        Path replaced = folder.resolve("step-00000001.replaced.part");
        Files.move(whole, replaced);
        Files.createDirectory(folder.resolve("step-00000001.part"));
        assertEquals(1, SavedTraining.last(folder).orElseThrow().moment().steps());
        assertEquals(List.of("step-00000001.part", "step-00000001.replaced.part"), names());
        try (Model model = Trained.net()) {
            Trained.trainer(Trained.modified(model), saving(CheckpointOptions.in(folder)))
                    .close();
        }
        assertEquals(List.of("step-00000001"), names());
        assertEquals(1, SavedTraining.last(folder).orElseThrow().moment().steps());

        Files.createDirectory(replaced);
        assertEquals(whole, SavedTraining.last(folder).orElseThrow().model().getParent());
        try (Model model = Trained.net()) {
            Trained.trainer(Trained.modified(model), saving(CheckpointOptions.in(folder)))
                    .close();
        }
        assertEquals(List.of("step-00000001"), names());
    }

    @Test
    void whatCannotBeWrittenLeavesTheLastGoodOneAndTheTrainingGoesOn() throws IOException {
        try (Model model = Trained.net();
                ModelTrainer trainer = Trained.trainer(Trained.modified(model), saving(CheckpointOptions.in(folder)))) {
            Trained.step(trainer, 0);
            endEpoch(trainer);
            trainer.saved();
            Path elsewhere = folder.resolveSibling(folder.getFileName() + "-elsewhere");
            Files.move(folder, elsewhere);
            Files.writeString(folder, "no folder");
            Trained.step(trainer, 1);
            endEpoch(trainer);
            trainer.saved();
            Files.delete(folder);
            Files.move(elsewhere, folder);
            Path mine = Files.writeString(folder.resolve("step-00000003"), "no checkpoint");
            Trained.step(trainer, 2);
            endEpoch(trainer);
            trainer.saved();
            assertEquals("no checkpoint", Files.readString(mine));
            assertEquals(List.of("step-00000001", "step-00000003"), names());
            Trained.step(trainer, 3);
            endEpoch(trainer);
        }
        assertEquals(List.of("step-00000001", "step-00000003", "step-00000004"), names());
        assertEquals(4, SavedTraining.last(folder).orElseThrow().moment().steps());
    }

    @Test
    void whatDoesNotFitIsTold() throws IOException {
        try (Model model = Trained.net();
                ModelTrainer trainer = Trained.trainer(Trained.modified(model), saving(CheckpointOptions.in(folder)))) {
            Trained.step(trainer, 0);
            endEpoch(trainer);
        }
        SavedTraining saved = SavedTraining.last(folder).orElseThrow();
        try (Model model = Trained.net()) {
            ModifiedModel modified = Trained.modified(model);
            assertEquals(
                    "error[training-state]: the saved optimizer remembers `exp_avg`, `exp_avg_sq`, and this one nothing",
                    assertThrows(
                                    GraftException.class,
                                    () -> ModelTrainer.resume(
                                            modified, config(), TrainingOptions.of(Sgd.of(0.1)), saved))
                            .getMessage());
        }
        try (Model other = Trained.block(Linear.builder().setUnits(2).build(), new Shape(8, 4))) {
            ModifiedModel modified = Trained.modified(other);
            assertEquals(
                    "error[training-state]: the saved optimizer does not fit the model: `decoder.bias` is no parameter of the model,"
                            + " `decoder.weight` is no parameter of the model, `encoder.bias` is no parameter of the model and 3 more",
                    assertThrows(
                                    GraftException.class,
                                    () -> ModelTrainer.resume(
                                            modified, config(), TrainingOptions.of(AdamW.of(0.1)), saved))
                            .getMessage());
        }
        Path newer = folder.resolve("step-00000001/optimizer.safetensors");
        byte[] bytes = Files.readAllBytes(newer);
        String text = new String(bytes, StandardCharsets.ISO_8859_1)
                .replace("\"graft.training\":\"1\"", "\"graft.training\":\"2\"");
        Files.write(newer, text.getBytes(StandardCharsets.ISO_8859_1));
        CheckpointException later = assertThrows(CheckpointException.class, () -> SavedTraining.last(folder));
        assertEquals("it is of version 2 of saved trainings, and version 1 is known", later.detail());
        assertEquals("update Graft", later.help());
        assertEquals(newer, later.path());
    }
}
