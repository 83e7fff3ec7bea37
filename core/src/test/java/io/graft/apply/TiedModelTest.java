package io.graft.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.Plan;
import io.graft.Report;
import io.graft.Totals;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.source.InputIdentity;
import io.graft.model.DraftTensor;
import io.graft.report.ReportJson;
import io.graft.report.ReportText;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One tensor under several names, from the file to the output. */
class TiedModelTest {
    private static final String SEVEN = "0000e040";

    private Project project;
    private ModelModifierApplier applier;

    @BeforeEach
    void copyFiles(@TempDir Path root) throws IOException {
        project = Project.in(root.resolve("project"));
        applier = ModelModifierApplier.create(TestModifiers.extension(root.resolve("extension")));
    }

    /** The storage of the embedding lies in the first shard, and both names with it. */
    @Test
    void aStorageThatAFileNamesTwiceIsOneTensor() throws IOException {
        Path model = sharded();
        Report report = applier.configuration(
                        config(model.getFileName().toString(), "{ type = freeze, modules = [head] }"))
                .run();
        assertEquals(
                List.of("embedding.weight", "head.weight"),
                report.plan().tensors().stream()
                        .filter(tensor -> !tensor.trainable() && !tensor.name().startsWith("norm"))
                        .map(DraftTensor::name)
                        .toList());
        Map<String, String> before = Project.tensors(model);
        assertEquals(before, Project.tensors(project.file("out")));
        assertEquals(before.get("embedding.weight"), before.get("head.weight"));
        long embedding = elements(report.plan(), "embedding.weight");
        long others = elements(report.plan(), "encoder.weight") + elements(report.plan(), "encoder.bias");
        Totals totals = Totals.of(report.plan().tensors());
        assertEquals(4, totals.tensors());
        assertEquals(embedding + others, totals.parameters());
        assertEquals(embedding, totals.frozen());
        String manifest = Files.readString(project.file("out/graft-manifest.json"));
        assertTrue(manifest.contains("\"ties\": [ \"head.weight\" ]"), manifest);
        assertTrue(manifest.contains("\"ties\": [ \"embedding.weight\" ]"), manifest);
        assertTrue(manifest.contains("\"frozen\": [ \"head.weight\", \"embedding.weight\" ]"), manifest);
    }

    @Test
    void aTieStaysOneWhereTheFormatHasAPlaceForIt() throws IOException {
        Path model = sharded();
        Path config = config(model.getFileName().toString(), "{ type = freeze, modules = [head] }");
        applier.configuration(config).run();
        assertEquals(List.of(), Checkpoint.open(project.file("out")).ties());
        Path other = project.config(
                Files.readString(config).replace("output.path = out", "output { path = other, format = pytorch }"));
        applier.configuration(other).run();
        assertEquals(
                List.of(List.of("embedding.weight", "head.weight")),
                Checkpoint.open(project.file("other")).ties());
        assertEquals(Project.tensors(model), Project.tensors(project.file("other")));
    }

    @Test
    void aTieThatOnlyTheConfigurationTellsIsOneTensor() throws IOException {
        languageModel();
        project.sevens("other.safetensors", DType.F32, Map.of("lm_head.weight", Shape.of(2, 1)));
        Path config = config(
                "lm", "{ type = freeze, modules = [lm_head] }, { type = load, checkpoint-path = other.safetensors }");
        StringWriter text = new StringWriter();
        Plan plan = applier.configuration(config).plan();
        text.append(ReportText.brief().of(plan));
        assertEquals("""
                plan for checkpoint lm/model.safetensors

                1. freeze  (test-classes)
                   ~ 2 frozen
                       lm_head.weight
                       model.embed_tokens.weight

                2. load  (test-classes)
                   + 2 loaded from other.safetensors
                       lm_head.weight
                       model.embed_tokens.weight <- lm_head.weight

                2 tensors, 12 bytes
                trainable params: 1 || all params: 3 || trainable%: 33.3333
                tied, counted once: model.embed_tokens.weight = lm_head.weight
                writes config.json  from beside the model
                """, text.toString());
        assertEquals(
                List.of("lm/model.safetensors", "lm/config.json", "other.safetensors"),
                plan.inputs().stream().map(InputIdentity::uri).toList());
        assertTrue(
                ReportJson.compact("plan", project.folder())
                        .of(plan)
                        .contains(
                                "\"tensors\":[{\"name\":\"model.embed_tokens.weight\",\"kind\":\"parameter\",\"dtype\":\"F32\","
                                        + "\"shape\":[2,1],\"trainable\":false,\"ties\":[\"lm_head.weight\"],\"source\":{\"key\":"
                                        + "\"lm_head.weight\",\"uri\":\"other.safetensors\"}},{\"name\":\"model.norm.weight\","),
                () -> ReportJson.compact("plan", project.folder()).of(plan));
        assertEquals(List.of(), plan.problems());
        applier.configuration(config).run();
        assertEquals(
                Map.of(
                        "model.embed_tokens.weight",
                        "F32 [2, 1] " + SEVEN + SEVEN,
                        "model.norm.weight",
                        "F32 [1] " + SEVEN),
                Project.tensors(project.file("out")));
    }

    @Test
    void whatIsPartedIsWrittenAndTheConfigurationIsCorrected() throws IOException {
        languageModel();
        Path config = config(
                "lm", "{ type = part, name = model.embed_tokens.weight }, { type = freeze, modules = [lm_head] }");
        Report report = applier.configuration(config).run();
        assertEquals(
                Set.of("model.embed_tokens.weight", "model.norm.weight", "lm_head.weight"),
                Project.tensors(project.file("out")).keySet());
        assertEquals(3, Totals.of(report.plan().tensors()).tensors());
        assertEquals(2, Totals.of(report.plan().tensors()).frozen());
        assertEquals(List.of(), report.problems());
        assertEquals("{\"tie_word_embeddings\": false}", Files.readString(project.file("out/config.json")));
        String manifest =
                Files.readString(project.file("out/graft-manifest.json")).replaceAll("\\s+", "");
        assertTrue(manifest.contains(
                "\"parted\":[{\"name\":\"model.embed_tokens.weight\",\"from\":[\"lm_head.weight\"]}]"));
        StringWriter text = new StringWriter();
        text.append(ReportText.brief().of(report.plan()));
        assertTrue(
                text.toString()
                        .contains("   ~ 1 no longer tied\n       model.embed_tokens.weight from lm_head.weight\n"),
                text::toString);
    }

    @Test
    void aRenamedNameStaysTied() throws IOException {
        languageModel();
        Path config = config(
                "lm",
                "{ type = rename, from = model.embed_tokens.weight, to = e.weight }, { type = freeze, modules = [e] }");
        Plan plan = applier.configuration(config).plan();
        assertEquals(2, Totals.of(plan.tensors()).frozen());
        assertEquals(2, Totals.of(plan.tensors()).tensors());
        assertEquals(List.of(), plan.problems());
    }

    private Path languageModel() throws IOException {
        Path folder = Files.createDirectory(project.file("lm"));
        Path file = project.sevens(
                "lm.safetensors",
                DType.F32,
                new TreeMap<>(Map.of("model.embed_tokens.weight", Shape.of(2, 1), "model.norm.weight", Shape.of(1))));
        Files.writeString(folder.resolve("config.json"), "{\"tie_word_embeddings\": true}");
        return Files.move(file, folder.resolve("model.safetensors"));
    }

    private Path sharded() throws IOException {
        Path folder = Files.createDirectory(project.file("sharded"));
        for (String name : List.of(
                "pytorch_model.bin.index.json",
                "pytorch_model-00001-of-00003.bin",
                "pytorch_model-00002-of-00003.bin",
                "pytorch_model-00003-of-00003.bin")) {
            try (InputStream file = getClass().getResourceAsStream("/fixtures/torch/sharded/" + name)) {
                Files.copy(file, folder.resolve(name));
            }
        }
        return folder;
    }

    private Path config(String model, String modifiers) throws IOException {
        return project.config(
                "graft { model.checkpoint = " + model + ", modifiers = [" + modifiers + "], output.path = out }\n");
    }

    private static long elements(Plan plan, String name) {
        return plan.tensors().stream()
                .filter(tensor -> tensor.name().equals(name))
                .mapToLong(tensor -> tensor.shape().elementCount())
                .sum();
    }
}
