package io.graft.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeclaredTieTest {
    private static final String TIED = "{\"tie_word_embeddings\": true}";

    @TempDir
    Path root;

    private Path folder;

    @BeforeEach
    void resolveFolder() throws IOException {
        folder = root.toRealPath();
    }

    @ParameterizedTest
    @CsvSource({
        "model.embed_tokens.weight, lm_head.weight",
        "transformer.wte.weight, lm_head.weight",
        "transformer.word_embeddings.weight, lm_head.weight",
        "gpt_neox.embed_in.weight, embed_out.weight",
        "shared.weight, lm_head.weight",
        "model.shared.weight, lm_head.weight",
        "model.language_model.embed_tokens.weight, lm_head.weight",
        "language_model.model.embed_tokens.weight, language_model.lm_head.weight",
        "a.b.transformer.wte.weight, a.b.lm_head.weight",
    })
    void theOutputEmbeddingIsTheInputEmbedding(String embedding, String head) throws IOException {
        Checkpoint model = model(TIED, embedding, "model.norm.weight");
        assertEquals(Optional.of(new DeclaredTie(head, embedding, folder.resolve("config.json"))), model.impliedTie());
        assertEquals(model.impliedTie(), model.declaredTie());
        assertEquals(List.of(), model.ties());
        assertEquals(
                new TreeSet<>(List.of(folder.resolve("config.json"), folder.resolve("model.safetensors"))),
                model.files());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "embed_tokens.weight",
                "model.decoder.embed_tokens.weight",
                "model.embed_tokens.bias",
                "bert.embeddings.word_embeddings.weight",
                "mymodel.embed_tokens.weight",
            })
    void otherNamesTellNothing(String embedding) throws IOException {
        assertEquals(Optional.empty(), model(TIED, embedding).declaredTie());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lm_head.weight",
                "model.lm_head.weight",
                "lm_head.decoder.weight",
                "embed_out.weight",
                "proj_out.weight",
                "output.weight",
                "transformer.wte.weight",
            })
    void anOutputEmbeddingInTheFileOrASecondInputEmbeddingIsNoTie(String other) throws IOException {
        assertEquals(
                Optional.empty(),
                model(TIED, "model.embed_tokens.weight", other).declaredTie());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"tie_word_embeddings\": false}",
                "{\"tie_word_embeddings\": \"true\"}",
                "{\"vision_config\": {\"tie_word_embeddings\": true}}",
                "{\"tie_word_embeddings\": true, \"architectures\": [\"LlamaModel\"]}",
                "{\"tie_word_embeddings\": true, \"architectures\": []}",
                "[true]",
                "{\"tie_word_embeddings\": true",
                "not json",
                "",
            })
    void otherConfigurationsTellNothing(String config) throws IOException {
        assertEquals(
                Optional.empty(), model(config, "model.embed_tokens.weight").declaredTie());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"architectures\": [\"LlamaForCausalLM\"], \"rms_norm_eps\": 1e-05, \"tie_word_embeddings\": true}",
                "{\"architectures\": [\"T5ForConditionalGeneration\"], \"tie_word_embeddings\": true}",
                "{\"tie_word_embeddings\": true, \"architectures\": [\"GPT2LMHeadModel\"], \"x\": {\"y\": [1]}}",
                "{\"architectures\": null, \"tie_word_embeddings\": true}",
                "{\"text_config\": {\"tie_word_embeddings\": true, \"model_type\": \"gemma\"}}",
            })
    void configurationsOfLanguageModelsTellIt(String config) throws IOException {
        assertEquals(
                Optional.of("lm_head.weight"),
                model(config, "model.embed_tokens.weight").impliedTie().map(DeclaredTie::name));
    }

    /** In a Hugging Face cache the model is a link into another folder, and the configuration lies beside the link. */
    @Test
    void theConfigurationLiesBesideTheLink() throws IOException {
        Path blobs = Files.createDirectory(folder.resolve("blobs"));
        model(TIED, "model.embed_tokens.weight");
        Files.move(folder.resolve("model.safetensors"), blobs.resolve("cafe"));
        Files.createSymbolicLink(folder.resolve("model.safetensors"), blobs.resolve("cafe"));
        assertEquals(
                Optional.of("lm_head.weight"),
                Checkpoint.open(folder).impliedTie().map(DeclaredTie::name));
        assertEquals(
                Optional.of("lm_head.weight"),
                Checkpoint.open(folder.resolve("model.safetensors"))
                        .impliedTie()
                        .map(DeclaredTie::name));
    }

    private Checkpoint model(String config, String... names) throws IOException {
        List<OutputTensor> tensors = new ArrayList<>();
        for (String name : names) {
            tensors.add(new OutputTensor(name, DType.F32, Shape.of(2, 1), () -> TensorData.of(ByteBuffer.allocate(8))));
        }
        new SafetensorsWriter(folder, "model", SafetensorsWriter.UNLIMITED, Map.of()).write(tensors);
        Files.writeString(folder.resolve("config.json"), config);
        return Checkpoint.open(folder);
    }
}
