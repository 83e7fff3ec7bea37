package io.graft.examples.program;

import ai.djl.ndarray.NDManager;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.loss.Loss;
import ai.djl.translate.TranslateException;
import com.typesafe.config.Config;
import io.graft.NamedTensor;
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
import java.util.List;
import java.util.Locale;

/** Fine-tunes a TorchScript program on signals that it does not know, and saves it as a program that Python loads. */
public final class ProgramTuning {
    private static final String TRAINING = "fine-tune.conf";

    private final Example example;
    private final Signals learned;
    private final Signals heldOut;

    private ProgramTuning(Example example) {
        this.example = example;
        Config settings = example.settings(TRAINING);
        int count = settings.getInt("signals") / (example.isShort() ? 4 : 1);
        this.learned = Signals.draw(count, 1);
        this.heldOut = Signals.draw(count, 2);
    }

    public static void main(String... arguments) throws Exception {
        Example.main(example -> new ProgramTuning(example).run(), arguments);
    }

    private void run() throws IOException, TranslateException {
        Path pretrained = example.folder().resolve("pretrained.pt").toAbsolutePath();
        double before = accuracy(pretrained);
        Course course = train();
        Path saved = save();
        double after = accuracy(saved);

        LossCurves curves = new LossCurves("A TorchScript program", List.of(course));
        curves.write(example.output().resolve("loss.svg"));
        example.tell("");
        curves.lines().forEach(example::tell);
        example.tell("");
        new TextTable("", "accuracy")
                .row("as it came", text("%.1f %%", 100 * before))
                .row("as it was saved", text("%.1f %%", 100 * after))
                .lines()
                .forEach(example::tell);
        example.tell("");
        example.tell(text("trained %,d numbers; written into %s", course.trained(), saved));
    }

    private Course train() throws IOException, TranslateException {
        example.fresh("checkpoints");
        int batchSize = example.settings(TRAINING).getInt("batch-size");
        DefaultTrainingConfig loss = new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss());
        try (NDManager manager = NDManager.newBaseManager();
                Training training = Training.of(example.configuration(TRAINING, "out=\"" + example.output() + "\""));
                ModelTrainer trainer = training.trainer(loss)) {
            return Course.run(
                    example,
                    "fine-tuning",
                    trainer,
                    learned.dataset(manager, batchSize, true),
                    example.epochs(TRAINING));
        }
    }

    /** Writes the program, and what it gives for the signals that were held out. */
    private Path save() throws IOException {
        Path checkpoint = SavedTraining.last(example.output().resolve("checkpoints"))
                .orElseThrow()
                .model();
        Path folder = example.output().resolve("model");
        example.configuration("save.conf", "trained=\"" + checkpoint + "\"", "graft.output.path=\"" + folder + "\"")
                .run();
        Path saved = folder.resolve("model.pt");
        example.write("inputs", List.of(heldOut.input()));
        example.write("outputs", outputs(saved));
        return saved;
    }

    private List<NamedTensor> outputs(Path program) {
        return example.configuration("saved.conf", "saved=\"" + program + "\"").forward(List.of(heldOut.input()));
    }

    private double accuracy(Path program) throws IOException {
        return Accuracy.of(outputs(program).get(0), heldOut.labels());
    }

    private static String text(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }
}
