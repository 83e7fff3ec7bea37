package io.graft.examples.weather;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.loss.Loss;
import ai.djl.translate.TranslateException;
import com.typesafe.config.Config;
import io.graft.NamedTensor;
import io.graft.examples.Course;
import io.graft.examples.Example;
import io.graft.examples.LossCurves;
import io.graft.examples.TextTable;
import io.graft.training.ModelTrainer;
import io.graft.training.Training;
import io.graft.training.checkpoint.SavedTraining;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Trains an encoder-processor-decoder on a data set with many points, then a decoder for each of two regions with few, on the frozen rest,
 * and puts all of them into one model.
 */
public final class Regions {
    private static final String FIRST = "global";
    private static final List<String> REGIONS = List.of("north", "south");

    private final Example example;
    private final NDManager manager;
    private final List<Course> courses = new ArrayList<>();
    private final TextTable table = new TextTable("", "trained numbers", "ms a step", "error on other points");

    private Regions(Example example, NDManager manager) {
        this.example = example;
        this.manager = manager;
    }

    public static void main(String... arguments) throws Exception {
        Example.main(
                example -> {
                    try (NDManager manager = NDManager.newBaseManager()) {
                        new Regions(example, manager).run();
                    }
                },
                arguments);
    }

    private void run() throws IOException, TranslateException {
        train("pre-training", "pretrain.conf", FIRST, out());
        for (String region : REGIONS) {
            train(region, "region.conf", region, out(), region(region), trained(FIRST, "trained"));
            train(region + " from scratch", "scratch.conf", region, region(region));
        }
        new LossCurves("An encoder-processor-decoder", courses)
                .write(example.output().resolve("loss.svg"));
        example.tell("");
        new LossCurves("", courses).lines().forEach(example::tell);
        example.tell("");
        table.lines().forEach(example::tell);
        example.tell("");
        for (String dataset : Stream.concat(Stream.of(FIRST), REGIONS.stream()).toList()) {
            example.tell(String.format(
                    Locale.ROOT, "one model with all decoders, on %s: error %.4f", dataset, errorOfAll(dataset)));
        }
    }

    private void train(String name, String configuration, String dataset, String... set)
            throws IOException, TranslateException {
        if (!configuration.equals("scratch.conf")) {
            example.fresh(dataset);
        }
        Config settings = example.settings(configuration);
        Grid learned = Grid.of(dataset, settings.getInt("points"), 1);
        Grid other = heldOut(dataset);
        try (Training training = Training.of(example.configuration(configuration, set));
                ModelTrainer trainer = training.trainer(new DefaultTrainingConfig(Loss.l2Loss()))) {
            Course course = Course.run(
                    example,
                    name,
                    trainer,
                    learned.dataset(manager, settings.getInt("batch-size")),
                    example.epochs(configuration));
            courses.add(course);
            NDArray features = manager.create(other.features(), new Shape(other.count(), Grid.INPUTS));
            float[] outputs =
                    trainer.evaluate(new NDList(features)).singletonOrThrow().toFloatArray();
            table.row(
                    name,
                    String.format(Locale.ROOT, "%,d", course.trained()),
                    String.format(Locale.ROOT, "%.2f", 1e3 * course.secondsOfStep()),
                    String.format(Locale.ROOT, "%.4f", other.error(outputs)));
        }
    }

    private static Grid heldOut(String dataset) {
        return Grid.of(dataset, 500, 2);
    }

    /** The decoders of all in one model, which runs the one of a data set. */
    private double errorOfAll(String dataset) throws IOException {
        List<String> set = new ArrayList<>(List.of("dataset=" + dataset, trained(FIRST, "trained")));
        for (String region : REGIONS) {
            set.add(trained(region, region));
        }
        Grid other = heldOut(dataset);
        NamedTensor outputs = example.configuration("all.conf", set.toArray(String[]::new))
                .forward(List.of(other.input()))
                .get(0);
        float[] values = new float[other.seen().length];
        outputs.data()
                .window(0, Math.toIntExact(outputs.data().byteCount()))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return other.error(values);
    }

    private String out() {
        return "out=\"" + example.output() + "\"";
    }

    private static String region(String name) {
        return "region=" + name;
    }

    /** Where a training has saved its model. */
    private String trained(String dataset, String key) throws IOException {
        return key + "=\""
                + SavedTraining.last(example.output().resolve(dataset))
                        .orElseThrow()
                        .model() + "\"";
    }
}
