package io.graft.examples.sentences;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.ParameterStore;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.loss.Loss;
import ai.djl.translate.TranslateException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import io.graft.Totals;
import io.graft.apply.FileRun;
import io.graft.djl.ModifiedModel;
import io.graft.djl.StartedEngine;
import io.graft.examples.Accuracy;
import io.graft.examples.Course;
import io.graft.examples.Example;
import io.graft.examples.LossCurves;
import io.graft.examples.TextTable;
import io.graft.modifiers.lora.AdapterSaver;
import io.graft.training.ModelTrainer;
import io.graft.training.Training;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Holds MiniLM in fewer bits against MiniLM, the native model and the traced one: bytes, speed, embeddings and the classifier on them, in
 * one table; and trains on four bits.
 */
public final class QuantizedSentences {
    private static final String COMMON = "../sentence-classifier/minilm.conf";
    private static final List<String> SCHEMES =
            List.of(Candidate.PLAIN, "int8", "int8-dynamic", "int4", "nf4", "fp4", "fp8");
    /** Enough to see that all of it works. */
    private static final List<String> FEW_SCHEMES = List.of(Candidate.PLAIN, "int8-dynamic", "nf4");

    private static final int RUNS = 7;

    private final Example example;
    private final int batchSize;
    private final Tokens learned;
    private final Tokens heldOut;
    private final Tokens every;

    private QuantizedSentences(Example example) throws IOException {
        this.example = example;
        this.batchSize = example.settings("qlora.conf").getInt("batch-size");
        Path texts = example.folder().resolve("../sentence-classifier/sentences.tsv");
        Sentences sentences = Sentences.read(texts);
        Path vocabulary = example.folder().resolve("../target/minilm/all-minilm-l6-v2-tokenizer.json");
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(vocabulary)) {
            List<Sentences.Sentence> some = some(sentences.learned());
            List<Sentences.Sentence> others = some(sentences.heldOut());
            this.learned = Tokens.of(tokenizer, some);
            this.heldOut = Tokens.of(tokenizer, others);
            this.every = Tokens.of(
                    tokenizer, Stream.concat(some.stream(), others.stream()).toList());
        }
    }

    private List<Sentences.Sentence> some(List<Sentences.Sentence> sentences) {
        return example.isShort()
                ? Stream.iterate(0, i -> i < sentences.size(), i -> i + 16)
                        .map(sentences::get)
                        .toList()
                : sentences;
    }

    public static void main(String... arguments) throws Exception {
        Example.main(QuantizedSentences::run, arguments);
    }

    static void run(Example example) throws IOException, TranslateException {
        QuantizedSentences sentences = new QuantizedSentences(example);
        // The first model with codes would do so, and those that are measured before it would be slower.
        StartedEngine.keepFreedMemory();
        Path classifier = example.folder().resolve("../sentence-classifier");
        TracedProgram.store(classifier.resolve("program.zip"), example.folder().resolve("target/program.pt"));
        example.tell("");
        sentences.compare().forEach(example::tell);
        example.tell("");
        Course course = sentences.train();
        LossCurves curves = new LossCurves("QLoRA on MiniLM in four bits", List.of(course));
        curves.write(example.output().resolve("loss.svg"));
        example.tell("");
        curves.lines().forEach(example::tell);
    }

    private List<String> compare() throws IOException, TranslateException {
        TextTable table = new TextTable("", "MB", "ms a batch", "mean cosine", "smallest cosine", "accuracy");
        Embeddings wanted = new Candidate(Candidate.PLAIN, false).embeddings(example, every, batchSize);
        DefaultTrainingConfig loss = new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss());
        try (NDManager manager = NDManager.newBaseManager();
                Training training = Training.of(example.configuration("head.conf"));
                ModelTrainer trainer = training.trainer(loss)) {
            RandomAccessDataset known =
                    wanted.dataset(manager, every, batchSize, true).subDataset(0, learned.rows());
            Course.run(example, "classifier", trainer, known, example.epochs(COMMON));
            for (Candidate candidate : candidates()) {
                Embeddings given = candidate.embeddings(example, every, batchSize);
                double[] cosines = given.cosines(wanted);
                RandomAccessDataset unknown =
                        given.dataset(manager, every, batchSize, false).subDataset(learned.rows(), every.rows());
                Measured measured = measure(candidate);
                table.row(
                        candidate.name(),
                        text("%.1f", measured.bytes() / 1e6),
                        text("%.0f", 1e3 * measured.seconds()),
                        text("%.4f", Arrays.stream(cosines).average().orElseThrow()),
                        text("%.4f", Arrays.stream(cosines).min().orElseThrow()),
                        text("%.1f %%", 100 * Accuracy.of(trainer, unknown)));
                example.tell(candidate.name() + ": done");
            }
        }
        return table.lines();
    }

    private List<Candidate> candidates() {
        List<String> schemes = example.isShort() ? FEW_SCHEMES : SCHEMES;
        return Stream.of(false, true)
                .flatMap(isTraced -> schemes.stream().map(scheme -> new Candidate(scheme, isTraced)))
                .toList();
    }

    /**
     * A model as it is at rest and in inference.
     *
     * @param seconds of a batch, the least, as what else runs on the machine only adds to it
     */
    private record Measured(long bytes, double seconds) {}

    private Measured measure(Candidate candidate) {
        try (ModifiedModel model = candidate.configuration(example).open();
                NDManager manager = NDManager.newBaseManager()) {
            Shape shape = new Shape(Math.min(batchSize, every.rows()), every.length());
            NDList inputs = new NDList(
                    manager.create(first(every.ids(), shape), shape),
                    manager.create(first(every.mask(), shape), shape),
                    manager.create(first(every.types(), shape), shape));
            ParameterStore store = new ParameterStore(manager, false);
            double least = Double.MAX_VALUE;
            for (int run = 0; run < RUNS; run++) {
                long begin = System.nanoTime();
                try (NDList outputs = model.block().forward(store, inputs, false)) {
                    outputs.singletonOrThrow().toFloatArray();
                }
                least = Math.min(least, (System.nanoTime() - begin) / 1e9);
            }
            return new Measured(Totals.of(List.copyOf(model.draft().tensors())).bytes(), least);
        }
    }

    private static long[] first(long[] all, Shape shape) {
        return Arrays.copyOf(all, (int) shape.size());
    }

    /** Trains adapters on an encoder of four bits. */
    private Course train() throws IOException, TranslateException {
        DefaultTrainingConfig loss = new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss());
        try (NDManager manager = NDManager.newBaseManager();
                Training training = Training.of(qlora());
                ModelTrainer trainer = training.trainer(loss)) {
            Course course = Course.run(
                    example, "QLoRA", trainer, learned.dataset(manager, batchSize, true), example.epochs("qlora.conf"));
            double accuracy = Accuracy.of(trainer, heldOut.dataset(manager, batchSize, false));
            example.tell(text("QLoRA: %.1f %% of held-out sentences right", 100 * accuracy));
            example.tell(text(
                    "QLoRA: a step holds %.1f MB of restored weights until backward, beside %.1f MB of codes and all else",
                    restored(training.model()) / 1e6,
                    Totals.of(List.copyOf(training.model().draft().tensors())).bytes() / 1e6));
            AdapterSaver.peft().save(training.model().adapters().get(0), example.fresh("adapter"));
            return course;
        }
    }

    /** One layer is enough to see that it works. */
    private FileRun qlora() {
        if (!example.isShort()) {
            return example.configuration("qlora.conf");
        }
        ConfigObject encoder = ConfigFactory.parseFile(
                        example.folder().resolve(COMMON).toFile())
                .getObject("encoder")
                .withValue("num-hidden-layers", ConfigValueFactory.fromAnyRef(1));
        return example.configuration("qlora.conf", "encoder=" + encoder.render(ConfigRenderOptions.concise()));
    }

    private static long restored(ModifiedModel model) {
        return model.draft().tensors().stream()
                .filter(tensor -> tensor.storage().isPresent())
                .mapToLong(tensor -> Float.BYTES * tensor.shape().elementCount())
                .sum();
    }

    private static String text(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }
}
