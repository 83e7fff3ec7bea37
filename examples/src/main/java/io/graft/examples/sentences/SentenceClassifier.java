package io.graft.examples.sentences;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.ndarray.NDManager;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.loss.Loss;
import ai.djl.translate.TranslateException;
import io.graft.apply.features.FeatureRequest;
import io.graft.djl.ModifiedModel;
import io.graft.djl.features.FeatureDataset;
import io.graft.examples.Accuracy;
import io.graft.examples.Course;
import io.graft.examples.Example;
import io.graft.examples.LossCurves;
import io.graft.modifiers.lora.AdapterSaver;
import io.graft.training.ModelTrainer;
import io.graft.training.Training;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Trains a classifier of sentences on MiniLM in six ways, each as its configuration says, and holds them against each other. */
public final class SentenceClassifier {
    private static final String COMMON = "minilm.conf";

    private final Example example;
    private final int batchSize;
    private final int epochs;
    private final Tokens learned;
    private final Tokens heldOut;
    private final Tokens every;

    private SentenceClassifier(Example example) throws IOException {
        this.example = example;
        this.batchSize = example.settings(COMMON).getInt("batch-size");
        this.epochs = example.epochs(COMMON);
        Sentences sentences = Sentences.read(example.folder().resolve("sentences.tsv"));
        Path vocabulary = example.folder().resolve("../target/minilm/all-minilm-l6-v2-tokenizer.json");
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(vocabulary)) {
            this.learned = Tokens.of(tokenizer, some(sentences.learned()));
            this.heldOut = Tokens.of(tokenizer, some(sentences.heldOut()));
            this.every = Tokens.of(
                    tokenizer,
                    Stream.concat(some(sentences.learned()).stream(), some(sentences.heldOut()).stream())
                            .toList());
        }
        example.tell(String.format(
                Locale.ROOT,
                "%d sentences of %s to learn from, %d held out",
                learned.rows(),
                sentences.classes(),
                heldOut.rows()));
    }

    /** A sentence in sixteen is enough to see that all of it works. */
    private List<Sentences.Sentence> some(List<Sentences.Sentence> sentences) {
        return example.isShort()
                ? Stream.iterate(0, i -> i < sentences.size(), i -> i + 16)
                        .map(sentences::get)
                        .toList()
                : sentences;
    }

    public static void main(String... arguments) throws Exception {
        Example.main(SentenceClassifier::run, arguments);
    }

    static List<Trained> run(Example example) throws IOException, TranslateException {
        SentenceClassifier classifier = new SentenceClassifier(example);
        List<Trained> all;
        try (NDManager manager = NDManager.newBaseManager()) {
            all = classifier.train(manager);
        }
        classifier.writeForPeft();
        List<Course> courses = all.stream().map(Trained::course).toList();
        LossCurves curves = new LossCurves("MiniLM as a classifier of sentences", courses);
        curves.write(example.output().resolve("loss.svg"));
        example.tell("");
        curves.lines().forEach(example::tell);
        example.tell("");
        new Comparison(all).lines().forEach(example::tell);
        example.tell("");
        example.tell(
                "written into " + example.output() + ": loss.svg, adapter, inputs.safetensors, outputs.safetensors");
        return all;
    }

    private List<Trained> train(NDManager manager) throws IOException, TranslateException {
        Dataset data = learned.dataset(manager, batchSize, true);
        Dataset test = heldOut.dataset(manager, batchSize, false);
        List<Trained> all = new ArrayList<>();
        Path features = features();
        all.add(train(
                "head on features",
                "head.conf",
                features(features, 0, learned.rows(), true),
                features(features, learned.rows(), every.rows(), false)));
        all.add(train("frozen encoder", "frozen.conf", data, test));
        all.add(train("full fine-tuning", "full.conf", data, test));
        all.add(train("from scratch", "scratch.conf", data, test));
        all.add(train("LoRA", "lora.conf", data, test));
        TracedProgram.store(
                example.folder().resolve("program.zip"), example.folder().resolve("target/program.pt"));
        all.add(train("LoRA on TorchScript", "lora-program.conf", data, test));
        return all;
    }

    /** What the frozen encoder gives for each sentence, computed once. */
    private Path features() throws IOException {
        Path file = example.fresh("features.safetensors");
        long begin = System.nanoTime();
        example.configuration("features.conf")
                .featurize(new FeatureRequest(
                        "pooling", every.inputs(), List.of(every.labelTensor()), batchSize, file, false));
        example.tell(String.format(
                Locale.ROOT, "features of all sentences: %.1f s, once", (System.nanoTime() - begin) / 1e9));
        return file;
    }

    private Dataset features(Path file, int from, int to, boolean shuffled) throws IOException {
        return FeatureDataset.builder()
                .setFile(file)
                .setSampling(batchSize, shuffled)
                .build()
                .subDataset(from, to);
    }

    private Trained train(String name, String configuration, Dataset data, Dataset test)
            throws IOException, TranslateException {
        DefaultTrainingConfig loss = new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss());
        try (Training training = Training.of(example.configuration(configuration));
                ModelTrainer trainer = training.trainer(loss)) {
            Course course = Course.run(example, name, trainer, data, epochs);
            double accuracy = Accuracy.of(trainer, test);
            example.tell(String.format(Locale.ROOT, "%s: %.1f %% of held-out sentences right", name, 100 * accuracy));
            return new Trained(course, accuracy, saved(name, training.model()));
        }
    }

    /** What anyone needs to hold the adapter against PEFT: inputs, and the last hidden state that the encoder gives for them. */
    private void writeForPeft() throws IOException {
        example.write("inputs", heldOut.inputs());
        example.configuration("adapter.conf", "adapter=\"" + example.output().resolve("adapter") + "\"")
                .featurize(new FeatureRequest(
                        "encoder",
                        heldOut.inputs(),
                        List.of(),
                        batchSize,
                        example.fresh("outputs.safetensors"),
                        false));
    }

    private OptionalLong saved(String name, ModifiedModel model) throws IOException {
        if (model.adapters().isEmpty()) {
            return OptionalLong.empty();
        }
        Path folder = example.fresh(name.equals("LoRA") ? "adapter" : "adapter-of-program");
        AdapterSaver.peft().save(model.adapters().get(0), folder);
        long bytes = 0;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                bytes += Files.size(file);
            }
        }
        return OptionalLong.of(bytes);
    }
}
