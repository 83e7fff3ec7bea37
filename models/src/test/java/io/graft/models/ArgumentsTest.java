package io.graft.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.GraftException;
import io.graft.djl.BlockArgumentsException;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArgumentsTest {
    private static final String NONE = "";

    @TempDir
    Path work;

    @Test
    void anUnknownArgumentIsToldInItsLineOfTheConfiguration() {
        GraftException failure = assertThrows(
                GraftException.class,
                () -> Fixtures.run(work, Bert.class, "hiden-size = 8, vocab-size = 0", NONE)
                        .plan());
        List<Problem> problems =
                failure.problems().stream().filter(Problem::isError).toList();
        assertEquals(2, problems.size(), problems::toString);
        assertEquals(ProblemCode.UNKNOWN_KEY, problems.get(1).code());
        assertEquals(
                "`io.graft.models.Bert` has no key `hiden-size`",
                problems.get(1).message());
        assertEquals("did you mean `hidden-size`?", problems.get(1).help());
        assertEquals("graft.model.arguments.hiden-size", problems.get(1).path());
        assertEquals(4, problems.get(1).at().orElseThrow().line());
        assertEquals("graft.model.arguments.vocab-size", problems.get(0).path());
        assertEquals(ProblemCode.OUT_OF_RANGE, problems.get(0).code());
    }

    @Test
    void anArgumentThatIsLikeNoneIsToldWithThoseThatThereAre() {
        assertRefused(
                new ResNet(),
                Map.of("layers", 18, "colour", "blue"),
                "`io.graft.models.ResNet` has no key `colour`; keys: layers, num-channels, num-classes, width");
    }

    @Test
    void aValueThatIsNotAllowedIsTold() {
        assertRefused(new ResNet(), Map.of("layers", 20), "expected one of: 18, 34, 50, 101, 152; closest is `50`");
        assertRefused(new ResNet(), Map.of(), "`io.graft.models.ResNet` needs the key `layers`; add it here");
        assertRefused(
                new Bert(),
                Map.of("hidden-act", "mish"),
                "expected one of: gelu, gelu_new, gelu_pytorch_tanh, relu, silu, swish, tanh; closest is `swish`");
        assertRefused(
                new Bert(),
                Map.of("hidden-size", 10, "num-attention-heads", 3),
                "`io.graft.models.Bert` refuses these values: `hidden-size` 10 is no multiple of `num-attention-heads` 3");
    }

    @Test
    void whatAClassifierRefusesIsTold() throws IOException {
        BertForSequenceClassification factory = new BertForSequenceClassification();
        assertRefused(factory, Map.of("num-labels", 0), "must be between 1 and 2147483647");
        assertRefused(factory, Map.of("classifier-dropout", 1.0), "must be at least 0 and less than 1");
        assertRefused(
                factory,
                Map.of("id2label", Map.of()),
                "`io.graft.models.BertForSequenceClassification` refuses these values: `id2label` names no label");
        assertRefused(
                new RobertaForSequenceClassification(),
                Map.of("classifier-dropout", 1.0),
                "must be at least 0 and less than 1");
        assertRefused(
                new DistilBertForSequenceClassification(),
                Map.of("seq-classif-dropout", 1.0),
                "must be at least 0 and less than 1");
        assertRefused(
                new DistilBertForSequenceClassification(),
                Map.of("id2label", Map.of()),
                "`io.graft.models.DistilBertForSequenceClassification` refuses these values: `id2label` names no label");
        assertRefused(new Bert(), Map.of("pooling", "max"), "expected one of: none, mean, cls; closest is `mean`");
        assertRefused(new BertSentenceClassifier(), Map.of("pooling", "none"), "expected one of: mean, cls");
        assertRefused(new Head(), Map.of("outputs", 2), "`io.graft.models.Head` needs the key `inputs`; add it here");
        assertRefused(new Head(), Map.of("inputs", 2, "outputs", 2, "name", "a.b"), "must match `[^.]+`");
        Path file = Fixtures.folder("distilbert").resolve("config.json");
        assertRefused(
                factory,
                Map.of("config", file.toString()),
                "`" + file
                        + "` is of a `distilbert` model, which `io.graft.models.BertForSequenceClassification` does not"
                        + " make; use `io.graft.models.DistilBert`");
    }

    @Test
    void theConfigurationOfAnotherKindOfModelIsRefused() {
        Path file = Fixtures.folder("roberta").resolve("config.json");
        assertRefused(
                new Bert(),
                Map.of("config", file.toString()),
                "`" + file + "` is of a `roberta` model, which `io.graft.models.Bert` does not make;"
                        + " use `io.graft.models.Roberta`");
    }

    @Test
    void theConfigurationOfAnUnknownKindOfModelIsRefused() throws IOException {
        assertConfigRefused(
                "{\"model_type\": \"llama\"}",
                "`FILE` is of a `llama` model, which `io.graft.models.Bert` does not make;"
                        + " known are `bert`, `distilbert`, `roberta`, `vit`");
    }

    @Test
    void aConfigurationThatAsksForAnotherArchitectureIsRefused() throws IOException {
        assertConfigRefused(
                "{\"model_type\": \"bert\", \"position_embedding_type\": \"relative_key\"}",
                "`FILE`, position_embedding_type: expected one of: absolute; closest is `absolute`");
    }

    @Test
    void aConfigurationThatCannotBeReadIsRefused() throws IOException {
        assertConfigRefused(
                "{\"model_type\": ", "`FILE` is no JSON (line 1); give the config.json that transformers has written");
    }

    @Test
    void aConfigurationThatIsNotThereIsRefused() {
        Path file = work.resolve("gone.json");
        assertRefused(
                new Bert(),
                Map.of("config", "gone.json"),
                "there is no file `" + file
                        + "`; name the model's config.json, or give what it would say as arguments");
        assertRefused(
                new Bert(), Map.of("config", 3), "`config` is `3`, which is no path; name the model's config.json");
    }

    @Test
    void argumentsWinOverTheConfigurationInEitherSpelling() throws IOException {
        Files.copy(Fixtures.folder("bert").resolve("config.json"), work.resolve("config.json"));
        assertEquals(
                "[70, 24]",
                Fixtures.run(work, Bert.class, "config = config.json, vocab-size = 70, num_hidden_layers = 1", NONE)
                        .plan()
                        .tensors()
                        .stream()
                        .filter(tensor -> tensor.name().equals("embeddings.word_embeddings.weight"))
                        .findFirst()
                        .orElseThrow()
                        .shape()
                        .toString());
    }

    @Test
    void aConfigurationOfWrongValuesIsToldByItsKeys() throws IOException {
        assertConfigRefused(
                "{\"model_type\": \"bert\", \"hidden_act\": \"mish\"}",
                "`FILE`, hidden_act: expected one of: gelu, gelu_new, gelu_pytorch_tanh, relu, silu, swish, tanh; closest is"
                        + " `swish`");
        assertConfigRefused(
                "{\"model_type\": \"bert\", \"hidden_size\": \"wide\"}",
                "`FILE`, hidden_size: expected an integer, found the text `wide`");
        assertConfigRefused(
                "{\"model_type\": \"bert\", \"num_hidden_layers\": 0}",
                "`FILE`, num_hidden_layers: must be between 1 and 2147483647");
        assertConfigRefused(
                "{\"model_type\": \"bert\", \"hidden_size\": 10, \"num_attention_heads\": 3}",
                "`io.graft.models.Bert` refuses these values: `hidden-size` 10 is no multiple of `num-attention-heads` 3");
        assertRefused(
                new DistilBert(),
                Map.of("dim", 10, "n-heads", 3),
                "`io.graft.models.DistilBert` refuses these values: `dim` 10 is no multiple of `n-heads` 3");
        assertRefused(
                new Vit(),
                Map.of("image-size", 8, "patch-size", 16),
                "`io.graft.models.Vit` refuses these values: a patch (`patch-size` 16) is larger than an image (`image-size` 8)");
    }

    private void assertConfigRefused(String json, String message) throws IOException {
        Path file = Files.writeString(work.resolve("config.json"), json);
        assertRefused(new Bert(), Map.of("config", "config.json"), message.replace("FILE", file.toString()));
    }

    private void assertRefused(ai.djl.nn.BlockFactory factory, Map<String, ?> arguments, String message) {
        BlockArgumentsException refused =
                assertThrows(BlockArgumentsException.class, () -> factory.newBlock(null, work, arguments));
        assertEquals(message, refused.getMessage());
    }
}
