package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.modifiers.lora.resize.AdapterResizer;
import io.graft.modifiers.lora.resize.ResizedAdapter;
import io.graft.modifiers.lora.resize.ResizedUpdate;
import io.graft.modifiers.lora.resize.TargetRank;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against numpy's singular value decomposition of the products, {@code resized.safetensors}. */
class AdapterResizerTest {
    private static final String QUERY = "bert.encoder.layer.0.attention.self.query";

    @TempDir
    Path folder;

    @Test
    void productIsTheNearestOfTheRank() throws IOException {
        ResizedAdapter resized = resize("lora", new TargetRank.Fixed(2));
        List<Double> lost = List.of(0.5373205599647451, 0.6153824275214425, 0.5419588635557678, 0.561510369864878);
        for (int i = 0; i < lost.size(); i++) {
            assertEquals(lost.get(i), resized.updates().get(i).lost(), 1e-6);
        }
        assertProducts("lora", List.of(QUERY, "bert.encoder.layer.1.attention.self.value"));
        assertConfig("\"r\": 2", "\"lora_alpha\": 4", "\"rank_pattern\": {}", "\"alpha_pattern\": {}");
        assertEquals(
                List.of("adapter_model.safetensors", "adapter_config.json"),
                resized.outputs().stream()
                        .map(file -> file.path().getFileName().toString())
                        .toList());
        for (WrittenFile file : resized.outputs()) {
            assertEquals(WrittenFile.Kind.ADAPTER, file.kind());
            assertEquals(Files.size(file.path()), file.bytes());
            assertEquals(64, file.sha256().length());
        }
    }

    @Test
    void configurationIsCorrectedAndOtherwiseAsItWas() throws IOException {
        resize("lora", new TargetRank.Fixed(2));
        String before = Files.readString(Fixtures.file("lora/adapter_config.json"));
        assertEquals(
                before.replace("\"r\": 4", "\"r\": 2").replace("\"lora_alpha\": 8", "\"lora_alpha\": 4"),
                Files.readString(folder.resolve("out/adapter_config.json")));
    }

    @Test
    void energyGivesEachUpdateTheRankThatItNeeds() throws IOException {
        ResizedAdapter resized = resize("embedding", new TargetRank.Energy(0.9));
        assertEquals(
                List.of(4, 3, 4),
                resized.updates().stream().map(ResizedUpdate::to).toList());
        assertEquals(0.0, resized.updates().get(0).lost());
        assertEquals(Math.sqrt(1 - 0.9441), resized.updates().get(1).lost(), 1e-3);
        assertProducts("embedding", List.of(QUERY));
        assertConfig(
                "\"r\": 4",
                "\"lora_alpha\": 8",
                "\"rank_pattern\": {\n    \"" + QUERY + "\": 3\n  }",
                "\"alpha_pattern\": {\n    \"" + QUERY + "\": 6\n  }");
        // an update that keeps its rank keeps its bytes
        TensorEntry kept = tensor(
                Fixtures.file("embedding/adapter_model.safetensors"),
                "bert.embeddings.word_embeddings.lora_embedding_A");
        TensorEntry written = tensor(
                folder.resolve("out/adapter_model.safetensors"), "bert.embeddings.word_embeddings.lora_embedding_A");
        assertEquals(kept.data().window(0, 64), written.data().window(0, 64));
    }

    @Test
    void patternsAreThoseOfTheNewRanks() throws IOException {
        resize("patterns", new TargetRank.Fixed(2));
        assertConfig(
                "\"r\": 2",
                "\"lora_alpha\": 8",
                "\"rank_pattern\": {}",
                "\"alpha_pattern\": {\n    \"bert.encoder.layer.0.attention.self.query\": 4,\n"
                        + "    \"bert.encoder.layer.1.attention.self.query\": 4\n  }");
    }

    @Test
    void scaleOfTheRootOfTheRankStays() throws IOException {
        resize("rslora", new TargetRank.Fixed(2));
        assertConfig("\"r\": 2", "\"lora_alpha\": 5.65685424949238");
    }

    @ParameterizedTest
    @CsvSource({"base-bert, lora", "base-gpt2, gpt2"})
    void mergedAdapterIsTheOldOneButForWhatWasLost(String base, String adapter) throws IOException {
        ResizedAdapter resized = resize(adapter, new TargetRank.Fixed(3));
        ModifierRun before = Fixtures.merge(Fixtures.base(base), Fixtures.file(adapter));
        ModifierRun after = Fixtures.merge(Fixtures.base(base), folder.resolve("out"));
        for (ResizedUpdate update : resized.updates()) {
            String name = update.module() + ".weight";
            double difference = distance(before.values(name), after.values(name));
            double whole = distance(before.values(name), Fixtures.base(base).values(name));
            assertEquals(update.lost(), difference / whole, 1e-4, name);
        }
    }

    @Test
    void rankThatNoneExceedsIsRefused() {
        assertEquals(
                "no update has more than the rank that is asked for; ask for a lower rank, or for less of the energy",
                refusal("lora", new TargetRank.Fixed(4)));
    }

    @Test
    void updatesThatAreNoPlainProductAreRefusedByName() {
        assertEquals(
                "`" + QUERY
                        + "` is a DoRA update, whose norm depends on the weight that it is for, and its rank cannot be"
                        + " changed; merge the adapter with lora-merge, or use it as it is",
                refusal("dora", new TargetRank.Fixed(1)));
        assertTrue(
                refusal("kinds/experts", new TargetRank.Fixed(1)).contains("and its rank cannot be changed"),
                refusal("kinds/experts", new TargetRank.Fixed(1)));
    }

    @Test
    void factorsWithoutNumbersAreRefusedByName() {
        Path adapter = Fixtures.adapter(
                folder,
                ModelFixture.empty()
                        .with("base_model.model.lin.lora_A.weight", Shape.of(2, 4), 1, 2, Double.NaN, 4, 5, 6, 7, 8)
                        .with("base_model.model.lin.lora_B.weight", Shape.of(3, 2), 0, 0, 0, 0, 0, 0),
                "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 2}");
        assertTrue(
                refusal(adapter, new TargetRank.Fixed(1))
                        .endsWith(
                                "the update of `lin` cannot be taken apart: a factor holds NaN or infinity; save the adapter"
                                        + " again, of a training that did not diverge"),
                refusal(adapter, new TargetRank.Fixed(1)));
    }

    @Test
    void untrainedUpdateStaysTrainable() throws IOException {
        Path adapter = Fixtures.adapter(
                folder,
                ModelFixture.empty()
                        .with("base_model.model.lin.lora_A.weight", Shape.of(2, 4), 1, 2, 3, 4, 5, 6, 7, 8)
                        .with("base_model.model.lin.lora_B.weight", Shape.of(3, 2), 0, 0, 0, 0, 0, 0),
                "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 2}");
        ResizedAdapter resized = new AdapterResizer(new TargetRank.Fixed(1)).resize(adapter, folder.resolve("out"));
        assertEquals(0.0, resized.updates().get(0).lost());
        assertEquals(
                List.of(0.0, 0.0, 0.0),
                values("lin.lora_B.weight").stream().map(Math::abs).toList());
        double norm = values("lin.lora_A.weight").stream()
                .mapToDouble(value -> value * value)
                .sum();
        assertEquals(1, norm, 1e-5);
    }

    @Test
    void ranksThatTheFilesDoNotShareAreRefused() throws IOException {
        Path adapter = Fixtures.adapter(
                folder,
                ModelFixture.empty()
                        .with("base_model.model.lin.lora_A.weight", Shape.of(2, 4), 1, 2, 3, 4, 5, 6, 7, 8)
                        .with("base_model.model.lin.lora_B.weight", Shape.of(3, 2), 1, 2, 3, 4, 5, 6),
                "{\"peft_type\": \"LORA\", \"r\": 3, \"lora_alpha\": 2}");
        assertTrue(
                refusal(adapter, new TargetRank.Fixed(1))
                        .endsWith(
                                "gives `lin` the rank 3, and its factors have 2; the two files may be of different adapters"),
                refusal(adapter, new TargetRank.Fixed(1)));
    }

    @Test
    void existingFolderStaysAsItIs() throws IOException {
        Files.createDirectories(folder.resolve("out"));
        Exception refused = assertThrows(Exception.class, () -> resize("lora", new TargetRank.Fixed(2)));
        assertTrue(refused.getMessage().contains("exists"), refused.getMessage());
        try (var files = Files.list(folder.resolve("out"))) {
            assertEquals(0, files.count());
        }
    }

    private ResizedAdapter resize(String adapter, TargetRank rank) throws IOException {
        return new AdapterResizer(rank)
                .resize(Fixtures.file(adapter + "/adapter_config.json").getParent(), folder.resolve("out"));
    }

    private String refusal(String adapter, TargetRank rank) {
        String message = refusal(Fixtures.file(adapter + "/adapter_config.json").getParent(), rank);
        return message.substring(message.indexOf(": ") + 2);
    }

    /** Nothing is written then. */
    private String refusal(Path adapter, TargetRank rank) {
        String message = assertThrows(
                        CheckpointException.class,
                        () -> new AdapterResizer(rank).resize(adapter, folder.resolve("out")))
                .getMessage();
        assertFalse(Files.exists(folder.resolve("out")));
        return message;
    }

    private void assertConfig(String... parts) throws IOException {
        String config = Files.readString(folder.resolve("out/adapter_config.json"));
        for (String part : parts) {
            assertTrue(config.contains("  " + part), part + "\n" + config);
        }
    }

    private void assertProducts(String adapter, List<String> modules) {
        ModelFixture expected = ModelFixture.read(Fixtures.file(adapter + "/resized.safetensors"));
        Path tensors = folder.resolve("out/adapter_model.safetensors");
        for (String module : modules) {
            int rank = (int) tensor(tensors, module + ".lora_A.weight").shape().dimension(0);
            List<Double> product = product(values(module + ".lora_B.weight"), values(module + ".lora_A.weight"), rank);
            for (int i = 0; i < product.size(); i++) {
                assertEquals(expected.values(module).get(i), product.get(i), 1e-6, module + " at " + i);
            }
        }
    }

    private static List<Double> product(List<Double> b, List<Double> a, int rank) {
        int columns = a.size() / rank;
        List<Double> product = new ArrayList<>();
        for (int i = 0; i < b.size() / rank; i++) {
            for (int j = 0; j < columns; j++) {
                double sum = 0;
                for (int k = 0; k < rank; k++) {
                    sum += b.get(i * rank + k) * a.get(k * columns + j);
                }
                product.add(sum);
            }
        }
        return product;
    }

    /** Of the adapter that was written. */
    private List<Double> values(String name) {
        return ModelFixture.read(folder.resolve("out/adapter_model.safetensors"))
                .values("base_model.model." + name);
    }

    private static TensorEntry tensor(Path file, String name) {
        return Checkpoint.open(file).tensors().get("base_model.model." + name);
    }

    private static double distance(List<Double> one, List<Double> other) {
        double sum = 0;
        for (int i = 0; i < one.size(); i++) {
            sum += Math.pow(one.get(i) - other.get(i), 2);
        }
        return Math.sqrt(sum);
    }
}
