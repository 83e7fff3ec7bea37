package io.graft.cli.map;

import static io.graft.cli.Golden.assertGolden;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.graft.cli.Outcome;
import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MapSuggestTest {
    /** State dicts that transformers has, on disk and running, by the tables that lead from the one to the other. */
    private static final Path TABLES = Path.of("../core/src/test/resources/io/graft/model/rules");

    private static final Path MODELS = Path.of("../models/src/test/resources/models");

    @TempDir
    Path folder;

    private Place place;

    @BeforeEach
    void aFolder() {
        place = new Place(folder);
    }

    private void copy(Path from, String name) throws IOException {
        Files.copy(from, folder.resolve(name));
    }

    private Outcome suggest(String from, String to, String... more) {
        List<String> arguments = new ArrayList<>(List.of("map", "suggest", "--from", from, "--to", to));
        arguments.addAll(List.of(more));
        return place.graft(arguments.toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource({
        "bert, 23, '{ table = \"bert\" }  # a table, 6 tensors'",
        "gemma-3, 38, '{ table = \"gemma-3\" }  # a table, 36 tensors'",
        "gpt-2, 16, 'prefix = \"transformer\"'",
        "gpt-2-linear, 16, '{ table = \"gpt-2-linear\" }  # a table, 3 tensors'",
        "llama-fused, 15, '{ table = \"llama-fused\", heads = 2, key-value-heads = 1 }  # a table, 4 tensors'",
        "llama-meta, 21, '{ table = \"llama-meta\", heads = 2, key-value-heads = 1 }  # a table, 20 tensors'",
        "mixtral, 12, '{ table = \"mixtral\" }  # a table, 3 tensors'",
        "qwen-moe, 14, '{ table = \"qwen-moe\" }  # a table, 2 tensors'",
        "qwen2.5-vl, 33, '{ table = \"qwen2.5-vl\" }  # a table, 15 tensors'",
        "vit, 40, '{ table = \"vit\" }  # a table, 32 tensors'"
    })
    void everyKnownFamilyIsRecognised(String family, int tensors, String line) throws IOException {
        copy(TABLES.resolve(family).resolve("disk.safetensors"), "disk.safetensors");
        copy(TABLES.resolve(family).resolve("running.safetensors"), "running.safetensors");
        place.file("params.json", "{ \"n_heads\": 2, \"n_kv_heads\": 1 }");
        String said = suggest("DIR/disk.safetensors", "DIR/running.safetensors")
                .is(ExitCode.DONE)
                .out();
        assertTrue(
                said.startsWith("# fills " + tensors + " of " + tensors + " tensors of DIR/running.safetensors\n"),
                said);
        assertTrue(said.lines().anyMatch(each -> each.strip().equals(line)), said);
        assertApplies(said, tensors);
    }

    /** What is printed is a modifier that does what is said. */
    private void assertApplies(String said, int tensors) {
        Config modifier = ConfigFactory.parseString(said);
        place.file(
                "x.conf",
                "graft { model.checkpoint = \"running.safetensors\", modifiers = [" + said.replace("DIR/", "") + "] }");
        assertEquals("transfer-learning", modifier.getString("type"));
        String plan = place.graft("plan", "-c", "DIR/x.conf", "--json")
                .is(ExitCode.DONE)
                .out();
        assertEquals(
                tensors,
                ConfigFactory.parseString(plan).getConfigList("modifiers").get(0).getConfigList("loaded").stream()
                        .map(loaded -> loaded.getString("name"))
                        .distinct()
                        .count());
    }

    @Test
    void aTableThatNeedsNumbersAsksForThem() throws IOException {
        copy(TABLES.resolve("llama-meta/disk.safetensors"), "disk.safetensors");
        copy(TABLES.resolve("llama-meta/running.safetensors"), "running.safetensors");
        suggest("DIR/disk.safetensors", "DIR/running.safetensors")
                .is(
                        ExitCode.USAGE,
                        "graft: the table of names `llama-meta` seems right, and needs `heads`: attention heads, `n_heads`"
                                + " of params.json; give --number heads=N\n");
        suggest(
                        "DIR/disk.safetensors",
                        "DIR/running.safetensors",
                        "--number",
                        "heads=2",
                        "--number",
                        "key-value-heads=1")
                .is(ExitCode.DONE);
        suggest("DIR/disk.safetensors", "DIR/running.safetensors", "--number", "heads")
                .is(ExitCode.USAGE, "graft: --number: `heads` is no name with a number; give heads=32\n");
        place.file("config.json", "{ \"num_attention_heads\": 2, \"num_key_value_heads\": 1 }");
        suggest("DIR/disk.safetensors", "DIR/running.safetensors").is(ExitCode.DONE);
    }

    @Test
    void anEncoderOfAnotherFamilyIsLearned() throws IOException {
        copy(MODELS.resolve("distilbert/model.safetensors"), "distilbert.safetensors");
        copy(MODELS.resolve("bert/model.safetensors"), "running.safetensors");
        String said = suggest("DIR/distilbert.safetensors", "DIR/running.safetensors")
                .is(ExitCode.DONE)
                .out();
        assertGolden("MapSuggestTest/distilbert.txt", said);
        assertApplies(said, 36);
    }

    @Test
    void torchvisionsResidualNetworkBecomesThatOfTransformers() throws IOException {
        copy(MODELS.resolve("resnet18/model.safetensors"), "torchvision.safetensors");
        copy(MODELS.resolve("resnet18/transformers.safetensors"), "running.safetensors");
        String said = suggest("DIR/torchvision.safetensors", "DIR/running.safetensors")
                .is(ExitCode.DONE)
                .out();
        assertGolden("MapSuggestTest/resnet.txt", said);
        assertApplies(said, 122);
    }

    @Test
    void aBlockFactoryIsAModel() throws IOException {
        copy(MODELS.resolve("resnet18/transformers.safetensors"), "transformers.safetensors");
        assertGolden(
                "MapSuggestTest/factory.txt",
                suggest(
                                "DIR/transformers.safetensors",
                                "io.graft.models.ResNet",
                                "--arguments",
                                "layers = 18, width = 4, num-classes = 5")
                        .is(ExitCode.DONE)
                        .out());
    }

    @Test
    void aConfigurationNamesAModel() {
        place.with("epd/pretrained.ckpt", "epd/model.safetensors")
                .config("model.safetensors", "{ type = freezing, submodules-to-freeze = [encoder] }");
        assertGoldenOf(
                "MapSuggestTest/epd.txt",
                suggest("DIR/pretrained.ckpt", "DIR/x.conf").is(ExitCode.DONE).out());
    }

    private static void assertGoldenOf(String name, String said) {
        try {
            assertGolden(name, said);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    @Test
    void aProgramGetsItAsJson() throws IOException {
        copy(MODELS.resolve("vit/model.safetensors"), "vit.safetensors");
        copy(MODELS.resolve("bert/model.safetensors"), "running.safetensors");
        assertGolden(
                "MapSuggestTest/vit.json",
                suggest("DIR/vit.safetensors", "DIR/running.safetensors", "--json")
                        .is(ExitCode.DONE)
                        .out());
    }

    @Test
    void equalNamesNeedNothing() {
        place.with("epd/model.safetensors");
        assertGoldenOf(
                "MapSuggestTest/same.txt",
                suggest("DIR/model.safetensors", "DIR/model.safetensors")
                        .is(ExitCode.DONE)
                        .out());
    }

    @Test
    void whatHasNothingInCommonIsSaid() throws IOException {
        copy(MODELS.resolve("resnet18/model.safetensors"), "resnet.safetensors");
        copy(MODELS.resolve("bert/model.safetensors"), "bert.safetensors");
        suggest("DIR/resnet.safetensors", "DIR/bert.safetensors")
                .is(
                        ExitCode.MISFIT,
                        "graft: no rules are found by which anything of `DIR/resnet.safetensors`, 122 tensors, fits"
                                + " `DIR/bert.safetensors`, 39 tensors; the one has `bn1.num_batches_tracked`,"
                                + " `layer1.0.bn1.num_batches_tracked`, `layer1.0.bn2.num_batches_tracked`,"
                                + " `layer1.1.bn1.num_batches_tracked` and 118 more, the other"
                                + " `embeddings.LayerNorm.bias`, `embeddings.LayerNorm.weight`,"
                                + " `embeddings.position_embeddings.weight`, `embeddings.token_type_embeddings.weight`"
                                + " and 35 more\n");
    }

    /** Of half of the layers, some have the shapes of others that are there under their own names. */
    @Test
    void aNameThatIsTakenIsNotGiven() throws IOException {
        copy(MODELS.resolve("resnet18/model.safetensors"), "resnet18.safetensors");
        copy(MODELS.resolve("resnet50/model.safetensors"), "running.safetensors");
        suggest("DIR/resnet18.safetensors", "DIR/running.safetensors").is(ExitCode.DONE);
    }

    @Test
    void whatIsNoModelIsNamed() {
        place.with("epd/model.safetensors");
        String gone = "graft: DIR/gone.safetensors: no such file; its folder holds model.safetensors\n";
        suggest("DIR/model.safetensors", "DIR/gone.safetensors").is(ExitCode.CHECKPOINT, gone);
        suggest("DIR/model.safetensors", "DIR/model.safetensors", "--arguments", "layers = 1")
                .is(
                        ExitCode.USAGE,
                        "graft: --arguments: `DIR/model.safetensors` is no block factory; name a class, or leave them out\n");
        suggest("DIR/model.safetensors", "io.graft.models.ResNet", "--arguments", "layers = [")
                .is(
                        ExitCode.USAGE,
                        "graft: --arguments: String: 1: List should have ] or a first element after the open [, instead had"
                                + " token: '}' (if you want '}' to be part of a string value, then double-quote it); give them as"
                                + " '{ layers = 18 }'\n");
        suggest("DIR/gone.safetensors", "DIR/model.safetensors").is(ExitCode.CHECKPOINT, gone);
        place.file("y.conf", "graft.modifiers = [{ type = freezing, submodules-to-freeze = [encoder] }]");
        suggest("DIR/model.safetensors", "DIR/y.conf")
                .is(ExitCode.USAGE, "graft: `DIR/y.conf` names no model; give it the section `graft.model`\n");
    }
}
