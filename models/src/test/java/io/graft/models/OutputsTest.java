package io.graft.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.NamedTensor;
import io.graft.djl.OutputComparison;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
