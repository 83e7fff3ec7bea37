package io.graft.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.NamedTensor;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.djl.forward.OutputComparison;
import io.graft.report.ReportJson;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each model, filled from a checkpoint without a rule, gives what the original gives. */
class OutputsTest {
    private static final double TOLERANCE = 1e-5;

    @TempDir
    Path work;

    @Test
    void bertWithMaskAndTokenTypes() throws IOException {
        assertSame(Bert.class, config("bert"), "bert", List.of("last_hidden_state", "pooler_output"));
    }

    @Test
    void bertWithGeluByTanhAndAnotherEpsilonAndNoPooler() throws IOException {
        assertSame(
                Bert.class,
                config("bert-tanh") + ", add-pooling-layer = false",
                "bert-tanh",
                List.of("last_hidden_state"));
    }

    @Test
    void bertByArgumentsAlone() throws IOException {
        String arguments = "vocab-size = 60, hidden-size = 24, num_hidden_layers = 2, num-attention-heads = 3,"
                + " intermediate-size = 40, max-position-embeddings = 20";
        assertSame(Bert.class, arguments, "bert", List.of("last_hidden_state", "pooler_output"));
    }

    @Test
    void bertWithAClassifier() throws IOException {
        assertSame(
                BertForSequenceClassification.class, config("bert-classifier"), "bert-classifier", List.of("logits"));
    }

    @Test
    void robertaWithAClassifier() throws IOException {
        assertSame(
                RobertaForSequenceClassification.class,
                config("roberta-classifier"),
                "roberta-classifier",
                List.of("logits"));
    }

    @Test
    void distilBertWithAClassifier() throws IOException {
        assertSame(
                DistilBertForSequenceClassification.class,
                config("distilbert-classifier"),
                "distilbert-classifier",
                List.of("logits"));
    }

    @Test
    void aClassifierByArgumentsAlone() throws IOException {
        String arguments = "vocab-size = 60, hidden-size = 24, num-hidden-layers = 2, num-attention-heads = 3,"
                + " intermediate-size = 40, max-position-embeddings = 20, num-labels = 4";
        assertSame(BertForSequenceClassification.class, arguments, "bert-classifier", List.of("logits"));
    }

    /** The encoder's own file has no prefix; the head is new. */
    @Test
    void aNewHeadOnAnEncoderThatWasTrainedBefore() throws IOException {
        String modifiers =
                "{ type = transfer-learning, checkpoint-path = \"%s\" },{ type = freezing, submodules-to-freeze = [bert] }"
                        .formatted(Fixtures.folder("bert").resolve("model.safetensors"));
        String plan = ReportJson.compact("plan", work)
                .of(Fixtures.run(work, BertForSequenceClassification.class, config("bert"), modifiers)
                        .plan());
        assertTrue(plan.contains("\"missing\":[\"classifier.weight\",\"classifier.bias\"]"), plan);
        assertTrue(plan.contains("\"name\":\"bert.pooler.dense.bias\",\"key\":\"pooler.dense.bias\""), plan);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mean", "cls"})
    void anEmbeddingOfTheWholeText(String pooling) throws IOException {
        List<NamedTensor> actual = Fixtures.filled(work, Bert.class, config("bert") + ", pooling = " + pooling, "bert")
                .forward(Fixtures.tensors("bert", "inputs.safetensors"));
        assertEquals(
                List.of("last_hidden_state", "pooler_output", "sentence_embedding"),
                actual.stream().map(NamedTensor::name).toList());
        OutputComparison comparison = OutputComparison.of(
                actual.subList(2, 3), Fixtures.tensors("sentences", pooling + ".safetensors"), TOLERANCE);
        assertTrue(comparison.agrees(), comparison::toString);
    }

    /** A head that was trained alone sees in the whole model what it has seen before. */
    @ParameterizedTest
    @ValueSource(strings = {"mean", "cls"})
    void aClassifierOfSentencesIsItsHeadOnTheEmbedding(String pooling) throws IOException {
        new SafetensorsWriter(work, "head", SafetensorsWriter.UNLIMITED, Map.of())
                .write(List.of(
                        counting("classifier.weight", Shape.of(3, 24)), counting("classifier.bias", Shape.of(3))));
        String modifier = "{ type = transfer-learning, min-coverage = 0, checkpoint-path = \"%s\" }"
                .formatted(work.resolve("head.safetensors"));
        List<NamedTensor> whole = Fixtures.run(
                        work,
                        BertSentenceClassifier.class,
                        config("bert") + ", num-labels = 3, pooling = " + pooling,
                        Fixtures.transfer("bert").replace("strict = true", "strict = false") + ", " + modifier)
                .forward(Fixtures.tensors("bert", "inputs.safetensors"));
        List<NamedTensor> embeddings = Fixtures.tensors("sentences", pooling + ".safetensors");
        List<NamedTensor> alone = Fixtures.run(work, Head.class, "inputs = 24, outputs = 3", modifier)
                .forward(embeddings.stream()
                        .map(each -> new NamedTensor("0", each.dtype(), each.shape(), each.data()))
                        .toList());
        OutputComparison comparison = OutputComparison.of(whole, alone, TOLERANCE);
        assertTrue(comparison.agrees(), comparison::toString);
        assertEquals(List.of("logits"), whole.stream().map(NamedTensor::name).toList());
    }

    private static OutputTensor counting(String name, Shape shape) {
        ByteBuffer bytes = ByteBuffer.allocate((int) shape.elementCount() * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; bytes.hasRemaining(); i++) {
            bytes.putFloat((float) Math.sin(i));
        }
        return new OutputTensor(name, DType.F32, shape, () -> TensorData.of(bytes.flip()));
    }

    @Test
    void robertaCountsPositionsBehindThePadding() throws IOException {
        assertSame(Roberta.class, config("roberta"), "roberta", List.of("last_hidden_state", "pooler_output"));
    }

    @Test
    void distilBertWithMask() throws IOException {
        assertSame(DistilBert.class, config("distilbert"), "distilbert", List.of("last_hidden_state"));
    }

    @Test
    void visionTransformer() throws IOException {
        assertSame(Vit.class, config("vit"), "vit", List.of("last_hidden_state", "pooler_output"));
    }

    @Test
    void residualNetworkOfBasicUnits() throws IOException {
        assertSame(ResNet.class, "layers = 18, width = 4, num-classes = 5", "resnet18", List.of("0"));
    }

    @Test
    void residualNetworkOfBottlenecks() throws IOException {
        assertSame(ResNet.class, "layers = 50, width = 2, num-classes = 5", "resnet50", List.of("0"));
    }

    @Test
    void encoderProcessorDecoder() throws IOException {
        assertSame(EncoderProcessorDecoder.class, "", "epd", List.of("0"));
    }

    private static String config(String family) {
        return "config = \"" + Fixtures.folder(family).resolve("config.json") + "\"";
    }

    private void assertSame(Class<?> factory, String arguments, String family, List<String> outputs)
            throws IOException {
        List<NamedTensor> actual = Fixtures.filled(work, factory, arguments, family)
                .forward(Fixtures.tensors(family, "inputs.safetensors"));
        assertEquals(outputs, actual.stream().map(NamedTensor::name).toList());
        OutputComparison comparison =
                OutputComparison.of(actual, Fixtures.tensors(family, "outputs.safetensors"), TOLERANCE);
        assertTrue(comparison.agrees(), comparison::toString);
    }
}
