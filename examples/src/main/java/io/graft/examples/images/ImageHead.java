package io.graft.examples.images;

import ai.djl.ndarray.NDManager;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.loss.Loss;
import ai.djl.translate.TranslateException;
import com.typesafe.config.Config;
import io.graft.NamedTensor;
import io.graft.apply.features.FeatureRequest;
import io.graft.djl.features.FeatureDataset;
import io.graft.examples.Accuracy;
import io.graft.examples.Course;
import io.graft.examples.Example;
import io.graft.examples.LossCurves;
import io.graft.examples.TextTable;
import io.graft.training.ModelTrainer;
import io.graft.training.Training;
import io.graft.training.checkpoint.SavedTraining;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Trains the last layer of a ResNet with random features: on features that are computed once, and with the network run each time. */
public final class ImageHead {
    private static final String COMMON = "resnet.conf";

    private final Example example;
    private final int epochs;
    private final int batchSize;
    private final Shapes learned;
    private final Shapes heldOut;
    private final List<Course> courses = new ArrayList<>();
    private final TextTable table = new TextTable("", "accuracy", "trained numbers", "ms a step", "s an epoch");

    private ImageHead(Example example) {
        Config settings = example.settings(COMMON);
        this.example = example;
        this.epochs = example.epochs(COMMON);
        this.batchSize = settings.getInt("batch-size");
        int count = example.isShort() ? batchSize : settings.getInt("images");
        int size = settings.getInt("size");
        this.learned = Shapes.draw(count, size, 7);
        this.heldOut = Shapes.draw(count / 2, size, 8);
    }

    public static void main(String... arguments) throws Exception {
        Example.main(example -> new ImageHead(example).run(), arguments);
    }

    private void run() throws IOException, TranslateException {
        example.fresh("head");
        try (NDManager manager = NDManager.newBaseManager()) {
            train(
                    "head on features",
                    "head.conf",
                    features("learned", learned, true),
                    features("held-out", heldOut, false),
                    "out=\"" + example.output() + "\"");
            train(
                    "frozen network",
                    "frozen.conf",
                    learned.dataset(manager, batchSize, true),
                    heldOut.dataset(manager, batchSize, false));
        }
        new LossCurves("The head of a ResNet", courses).write(example.output().resolve("loss.svg"));
        example.tell("");
        new LossCurves("", courses).lines().forEach(example::tell);
        example.tell("");
        table.lines().forEach(example::tell);
        example.tell("");
        example.tell(text(
                "an epoch on features is %.0f times as fast as one that runs the network",
                courses.get(1).secondsOfEpoch() / courses.get(0).secondsOfEpoch()));
        example.tell(
                text("the whole network with the head that was trained on features: %.1f %%", 100 * wholeNetwork()));
    }

    private Dataset features(String name, Shapes images, boolean shuffled) throws IOException {
        Path file = example.fresh(name + "-features.safetensors");
        long begin = System.nanoTime();
        example.configuration("features.conf")
                .featurize(new FeatureRequest(
                        "avgpool", List.of(images.input()), List.of(images.labelTensor()), batchSize, file, false));
        example.tell(text("features of %d images: %.1f s, once", images.count(), (System.nanoTime() - begin) / 1e9));
        return FeatureDataset.builder()
                .setFile(file)
                .setSampling(batchSize, shuffled)
                .build();
    }

    /** The whole network with the head that was trained alone. */
    private double wholeNetwork() throws IOException {
        Path head = SavedTraining.last(example.output().resolve("head"))
                .orElseThrow()
                .model();
        List<NamedTensor> outputs =
                example.configuration("whole.conf", "head=\"" + head + "\"").forward(List.of(heldOut.input()));
        return Accuracy.of(outputs.get(0), heldOut.labels());
    }

    private void train(String name, String configuration, Dataset data, Dataset test, String... set)
            throws IOException, TranslateException {
        try (Training training = Training.of(example.configuration(configuration, set));
                ModelTrainer trainer = training.trainer(new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss()))) {
            Course course = Course.run(example, name, trainer, data, epochs);
            courses.add(course);
            table.row(
                    name,
                    text("%.1f %%", 100 * Accuracy.of(trainer, test)),
                    text("%,d", course.trained()),
                    text("%.1f", 1e3 * course.secondsOfStep()),
                    text("%.3f", course.secondsOfEpoch()));
        }
    }

    private static String text(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }
}
