package io.graft.checkpoint.carry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BelongingsTest {
    @TempDir
    Path temporary;

    private Path model;

    @BeforeEach
    void writeModel() throws IOException {
        model = Files.createDirectory(temporary.toRealPath().resolve("model"));
        OutputTensor tensor =
                new OutputTensor("a", DType.F32, Shape.of(1), () -> TensorData.of(ByteBuffer.allocate(4)));
        new SafetensorsWriter(model, "model", SafetensorsWriter.UNLIMITED, Map.of("step", "3")).write(List.of(tensor));
    }

    /** What only tells how weights are quantized belongs to a model whose weights are. */
    @Test
    void whatTellsOfQuantizationGoesAlongAsLongAsItIsTrue() throws IOException {
        for (String name :
                List.of("config.json", "hf_quant_config.json", "quant_config.json", "quantize_config.json")) {
            write(name, "{}");
        }
        Belongings found = found();
        assertEquals(
                List.of("config.json", "hf_quant_config.json", "quant_config.json", "quantize_config.json"),
                found.files().stream().map(CarriedFile::name).toList());
        assertEquals(List.of(), found.warnings());
        Belongings plain = found.plain();
        assertEquals(
                List.of("config.json"),
                plain.files().stream().map(CarriedFile::name).toList());
        assertEquals(
                List.of(
                        "`hf_quant_config.json` beside the model tells how its weights are quantized, and none is any more: it"
                                + " does not go along",
                        "`quant_config.json` beside the model tells how its weights are quantized, and none is any more: it"
                                + " does not go along",
                        "`quantize_config.json` beside the model tells how its weights are quantized, and none is any more: it"
                                + " does not go along"),
                plain.warnings());
    }

    @Test
    void configurationTokenizerAndLicenceGoAlongAndNothingElse() throws IOException {
        for (String name : List.of(
                "config.json",
                "generation_config.json",
                "tokenizer.json",
                "tokenizer_config.json",
                "special_tokens_map.json",
                "added_tokens.json",
                "vocab.json",
                "vocab.txt",
                "merges.txt",
                "chat_template.jinja",
                "preprocessor_config.json",
                "LICENSE",
                "additional_chat_templates/tool_use.jinja")) {
            write(name, "{}");
        }
        write("spiece.model", "\n\u0005pieces");
        write("epoch3.model", "PK of torch.save");
        for (String other : List.of(
                "README.md",
                "train.py",
                "adapter_config.json",
                "optimizer.pt",
                "notes.txt",
                "trainer_state.json",
                "pytorch_model.bin.index.json",
                "sub/config.json",
                "additional_chat_templates/x.py")) {
            write(other, "{}");
        }
        Belongings found = found();
        assertEquals(
                List.of(
                        "LICENSE",
                        "added_tokens.json",
                        "additional_chat_templates/tool_use.jinja",
                        "chat_template.jinja",
                        "config.json",
                        "generation_config.json",
                        "merges.txt",
                        "preprocessor_config.json",
                        "special_tokens_map.json",
                        "spiece.model",
                        "tokenizer.json",
                        "tokenizer_config.json",
                        "vocab.json",
                        "vocab.txt"),
                names(found));
        assertEquals(List.of(), found.warnings());
        assertEquals(Map.of("format", "pt", "step", "3"), found.metadata());
    }

    @Test
    void foldersOfSentenceTransformersGoAlong() throws IOException {
        write(
                "modules.json",
                "[{\"idx\": 0, \"path\": \"\"}, {\"path\": \"1_Pooling\"}, {\"path\": \"2_Dense\"}, {\"path\": \"..\"},"
                        + " {\"path\": \"../elsewhere\"}, {\"path\": \"not_there\"}, {\"path\": \"a\\u0000b\"}, {\"path\": 3}]");
        write("config_sentence_transformers.json", "{}");
        write("1_Pooling/config.json", "{}");
        write("1_Pooling/notes.txt", "mine");
        write("2_Dense/config.json", "{}");
        write("2_Dense/model.safetensors", "weights");
        write("3_Other/config.json", "{}");
        Belongings found = found();
        assertEquals(
                List.of(
                        "1_Pooling/config.json",
                        "2_Dense/config.json",
                        "config_sentence_transformers.json",
                        "modules.json"),
                names(found));
        assertEquals(
                List.of(
                        "`2_Dense/model.safetensors` holds weights of another module, which do not go along; copy them"),
                found.warnings());
    }

    @Test
    void codeIsNamedAndStays() throws IOException {
        write("config.json", "{\"auto_map\": {\"AutoModel\": \"modeling_acme.AcmeModel\"}}");
        write("modeling_acme.py", "print('hello')");
        assertEquals(
                List.of("`config.json` names code of its own (`auto_map`), and code does not go along: copy"
                        + " `modeling_acme.py` if you trust it"),
                found().warnings());
        assertEquals(List.of("config.json"), names(found()));
    }

    /** In a cache of Hugging Face each file is a link to one that is named by its digest. */
    @Test
    void linksAreResolvedIntoTheFolderOfTheModelsOwnFiles() throws IOException {
        Path blobs = Files.createDirectory(temporary.toRealPath().resolve("blobs"));
        Files.move(model.resolve("model.safetensors"), blobs.resolve("aa"));
        Files.createSymbolicLink(model.resolve("model.safetensors"), Path.of("../blobs/aa"));
        Files.writeString(blobs.resolve("bb"), "{\"x\": 1}");
        Files.createSymbolicLink(model.resolve("config.json"), Path.of("../blobs/bb"));
        Files.writeString(temporary.resolve("secret"), "of somebody");
        Files.createSymbolicLink(model.resolve("vocab.txt"), temporary.resolve("secret"));
        Files.createSymbolicLink(model.resolve("merges.txt"), Path.of("nowhere"));
        Belongings found = found();
        assertEquals(List.of("config.json"), names(found));
        assertEquals("{\"x\": 1}", found.config().orElseThrow().text().toString());
        assertEquals(
                List.of(
                        "`merges.txt` beside the model is a link to a file that is not there, so it does not go along",
                        "`vocab.txt` beside the model is a link to a file elsewhere, "
                                + temporary.toRealPath().resolve("secret") + ", so it does not go along"),
                found.warnings());
    }

    @Test
    void whatIsNoConfigurationIsNamedAndStays() throws IOException {
        assertFlawed("{\"a\": 1,\n}", "is no JSON (line 2)");
        assertFlawed("[]", "is no JSON object");
        assertFlawed(
                "{\"a\": " + "{\"a\": ".repeat(5000),
                "is nested too deep, or has a name, text or number that is too long");
        Files.write(model.resolve("config.json"), new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'});
        assertFlawed("is not UTF-8");
        try (RandomAccessFile huge =
                new RandomAccessFile(model.resolve("config.json").toFile(), "rw")) {
            huge.setLength(17 << 20);
        }
        assertFlawed("is too large for a configuration, 17825792 bytes");
        try (RandomAccessFile huge =
                new RandomAccessFile(model.resolve("config.json").toFile(), "rw")) {
            huge.setLength(200L << 20);
        }
        assertLeft("has 209715200 bytes, more than 134217728");
        Files.delete(model.resolve("config.json"));
        Files.createDirectory(model.resolve("config.json"));
        assertLeft("is not a regular file");
    }

    private void assertFlawed(String text, String why) throws IOException {
        write("config.json", text);
        assertFlawed(why);
    }

    /** The checkpoint tells it, once. */
    private void assertFlawed(String why) {
        assertEquals(
                List.of("`config.json` beside it " + why + "; it is not used, and does not go along"),
                Checkpoint.open(model).warnings());
        assertEquals(List.of(), found().warnings());
        assertEquals(List.of(), names(found()));
    }

    private void assertLeft(String why) {
        Belongings found = found();
        assertEquals(List.of("`config.json` beside the model " + why + ", so it does not go along"), found.warnings());
        assertEquals(List.of(), names(found));
    }

    @Test
    void metadataThatIsNotTrueAnyMoreGoes() {
        Map<String, String> before = Map.of(
                "format", "pt",
                "modelspec.title", "a",
                "modelspec.hash_sha256", "0xab",
                "sshs_model_hash", "ab",
                "dtype", "float32",
                "lm_head.weight", "wte.weight",
                "gone.weight", "old.weight");
        Set<String> names = Set.of("wte.weight", "old.weight");
        assertEquals(
                Map.of("format", "pt", "modelspec.title", "a", "dtype", "float32", "lm_head.weight", "wte.weight"),
                CarriedMetadata.of(before, names, Set.of("wte.weight"), false));
        assertEquals(
                Map.of("format", "pt", "modelspec.title", "a", "gone.weight", "old.weight"),
                CarriedMetadata.of(before, names, Set.of("wte.weight", "old.weight", "lm_head.weight"), true));
    }

    private Belongings found() {
        return Belongings.beside(Checkpoint.open(model), Checkpoint.folderOf(model));
    }

    private static List<String> names(Belongings belongings) {
        return belongings.files().stream().map(CarriedFile::name).toList();
    }

    private void write(String name, String text) throws IOException {
        Files.createDirectories(model.resolve(name).getParent());
        Files.writeString(model.resolve(name), text);
    }
}
