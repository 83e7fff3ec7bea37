package io.graft.apply.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.GraftException;
import io.graft.Plan;
import io.graft.Report;
import io.graft.apply.ModelModifierApplier;
import io.graft.apply.Project;
import io.graft.apply.TestModifiers;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.Replacement;
import io.graft.checkpoint.Sha256;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.problem.Problem;
import io.graft.report.ReportJson;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run may replace and remove, and what it says of it. */
class OutputRowsTest {
    private static final String FREEZE = "graft.modifiers = [ { type = freeze, modules = [encoder] } ]\n";

    @TempDir
    Path root;

    private Project project;
    private ModelModifierApplier applier;

    @BeforeEach
    void makeProject() throws IOException {
        project = Project.in(root.resolve("project"));
        applier = ModelModifierApplier.create(TestModifiers.extension(root.resolve("extension")));
    }

    @Test
    void aFolderWithTheInputAndForeignFilesIsRefused() throws IOException {
        Files.writeString(project.file("pytorch_model.bin"), "of a person");
        Files.writeString(project.file("model-00001-of-00003.safetensors"), "of a person");
        assertRefused(
                "model.checkpoint = model.safetensors",
                "{ path = \".\", overwrite = true }",
                "the output would replace `" + project.file("model.safetensors") + "`, which this run reads",
                "choose another path");
    }

    @Test
    void aShardedFolderThatTheRunReadsIsNotOverwritten() throws IOException {
        apply("model.checkpoint = model.safetensors", "{ path = base, max-shard-size = 20B }");
        assertTrue(Files.exists(project.file("base/model.safetensors.index.json")));
        assertRefused(
                "model.checkpoint = base",
                "{ path = base, overwrite = true }",
                "the output would remove `" + project.file("base/model-00001-of-00003.safetensors")
                        + "`, which this run reads",
                "choose another path");
    }

    @Test
    void aCheckpointThatAModifierReadsIsNotOverwritten() throws IOException {
        apply("model.checkpoint = model.safetensors", "{ path = out }");
        project.config("""
                graft.model.checkpoint = model.safetensors
                graft.modifiers = [ { type = load, checkpoint-path = out } ]
                graft.output { path = out, overwrite = true }
                """);
        Map<String, String> before = project.files();
        assertEquals(
                "output-exists: the output would replace `" + project.file("out/model.safetensors")
                        + "`, which this run reads; choose another path",
                failure());
        assertEquals(before, project.files());
    }

    @Test
    void aLinkToTheInputIsNotReplaced() throws IOException {
        apply("model.checkpoint = model.safetensors", "{ path = out }");
        Files.delete(project.file("out/model.safetensors"));
        Files.createLink(project.file("out/model.safetensors"), project.file("model.safetensors"));
        assertRefused(
                "model.checkpoint = model.safetensors",
                "{ path = out, overwrite = true }",
                "the output would replace `" + project.file("out/model.safetensors") + "`, which this run reads",
                "choose another path");
    }

    @Test
    void aModelIsWrittenAsTorchSaveDoes() throws IOException {
        Report report = apply("model.checkpoint = model.safetensors", "{ path = out, format = pytorch }");
        assertEquals(
                List.of(project.file("out/pytorch_model.bin"), project.file("out/graft-manifest.json")),
                report.outputs().stream().map(WrittenFile::path).toList());
        assertEquals(
                Sha256.of(project.file("out/pytorch_model.bin")).hex(),
                report.outputs().get(0).sha256());
        assertEquals(
                Project.tensors(project.file("model.safetensors")),
                new TreeMap<>(Project.tensors(project.file("out"))));
        assertEquals("pytorch", Checkpoint.open(project.file("out")).format());
    }

    @Test
    void anotherFormatTakesThePlaceOfTheModelBefore() throws IOException {
        apply("model.checkpoint = model.safetensors", "{ path = out, max-shard-size = 20B }");
        apply(
                "model.checkpoint = model.safetensors",
                "{ path = out, format = pytorch, overwrite = true, digest = none, sync = false }");
        assertEquals(
                Set.of("graft-manifest.json", "pytorch_model.bin"),
                new Project(project.file("out")).files().keySet());
        apply("model.checkpoint = model.safetensors", "{ path = out, overwrite = true }");
        assertEquals(
                Set.of("graft-manifest.json", "model.safetensors"),
                new Project(project.file("out")).files().keySet());
    }

    @Test
    void whatGivesWayIsInPlanAndReport() throws IOException {
        apply("model.checkpoint = model.safetensors", "{ path = out, max-shard-size = 20B }");
        Path config = configure("model.checkpoint = model.safetensors", "{ path = out, overwrite = true }");
        Plan plan = applier.configuration(config).plan();
        Replacement expected = new Replacement(
                List.of(project.file("out/graft-manifest.json")),
                List.of(
                        project.file("out/model-00001-of-00003.safetensors"),
                        project.file("out/model-00002-of-00003.safetensors"),
                        project.file("out/model-00003-of-00003.safetensors"),
                        project.file("out/model.safetensors.index.json")));
        assertEquals(expected, plan.replacement());
        assertTrue(
                ReportJson.compact("plan", project.folder())
                        .of(plan)
                        .contains(
                                "\"replaced\":[\"out/graft-manifest.json\"],\"removed\":[\"out/model-00001-of-00003.safetensors\","));
        Report report = applier.configuration(config).run();
        assertEquals(expected, report.replacement());
        assertEquals(
                Project.tensors(project.file("model.safetensors")),
                new TreeMap<>(Project.tensors(project.file("out"))));
        assertFalse(Files.readString(project.file("out/graft-manifest.json")).contains("replaced"));
    }

    @Test
    void foreignFilesThatHinderNobodyStay() throws IOException {
        apply("model.checkpoint = model.safetensors", "{ path = out }");
        Files.writeString(project.file("out/pytorch_model.bin"), "of a person");
        Files.writeString(project.file("out/model-00001-of-00003.safetensors"), "of a person");
        apply("model.checkpoint = model.safetensors", "{ path = out, overwrite = true }");
        assertEquals("of a person", Files.readString(project.file("out/pytorch_model.bin")));
        assertEquals("of a person", Files.readString(project.file("out/model-00001-of-00003.safetensors")));
        assertEquals(
                project.file("out/model.safetensors"),
                Checkpoint.open(project.file("out")).path());
    }

    @Test
    void aPlanTellsWhatIsInTheWay() throws IOException {
        Files.createDirectory(project.file("out"));
        Files.writeString(project.file("out/model.safetensors"), "of a person");
        Path config = configure("model.checkpoint = model.safetensors", "{ path = out, overwrite = true }");
        assertEquals(
                List.of("`" + project.file("out/model.safetensors")
                        + "` is in the way, and no manifest beside it says that" + " Graft wrote it as it is now"),
                applier.configuration(config).plan().problems().stream()
                        .map(Problem::message)
                        .toList());
    }

    @Test
    void everyFileThatIsReadIsAnInputOfThePlan() throws IOException {
        project.sevens("pretrained.safetensors", DType.F32, Map.of("encoder.bias", Shape.of(3)));
        Path config = project.config("""
                graft.model.checkpoint = model.safetensors
                graft.modifiers = [ { type = load, checkpoint-path = pretrained.safetensors } ]
                """);
        assertEquals(
                List.of("model.safetensors", "pretrained.safetensors"),
                applier.configuration(config).plan().inputs().stream()
                        .map(input -> input.uri())
                        .toList());
    }

    private Path configure(String model, String output) throws IOException {
        return project.config("graft." + model + "\n" + FREEZE + "graft.output " + output + "\n");
    }

    private Report apply(String model, String output) throws IOException {
        return applier.configuration(configure(model, output)).run();
    }

    private void assertRefused(String model, String output, String message, String help) throws IOException {
        Path config = configure(model, output);
        Map<String, String> before = project.files();
        assertEquals("output-exists: " + message + "; " + help, failure());
        assertEquals(before, project.files());
        List<Problem> planned = applier.configuration(config).plan().problems();
        assertEquals(List.of(message), planned.stream().map(Problem::message).toList());
    }

    private String failure() {
        GraftException failure = assertThrows(
                GraftException.class,
                () -> applier.configuration(project.file("graft.conf")).run());
        Problem problem = failure.problems().get(0);
        return problem.code().id() + ": " + problem.message() + "; " + problem.help();
    }
}
