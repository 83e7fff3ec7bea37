package io.graft.apply.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.GraftException;
import io.graft.Report;
import io.graft.apply.ModelModifierApplier;
import io.graft.apply.Project;
import io.graft.apply.TestModifiers;
import io.graft.checkpoint.write.Part;
import io.graft.problem.Problem;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One output written in several parts: four shards of a model with a cast in it. */
class PartsTest {
    private static final String CONFIG = """
            graft {
              model.checkpoint = model.safetensors
              modifiers = [ { type = load, checkpoint-path = pretrained.safetensors } ]
              output { path = out, max-shard-size = 12B }
            }
            """;

    @TempDir
    Path root;

    private Project project;
    private ModelModifierApplier applier;
    private Path config;

    @BeforeEach
    void makeProject() throws IOException {
        project = Project.in(root.resolve("project"));
        project.sevens("pretrained.safetensors", DType.F64, Map.of("encoder.bias", Shape.of(3)));
        applier = ModelModifierApplier.create(TestModifiers.extension(root.resolve("extension")));
        config = project.config(CONFIG);
    }

    private Report apply(int number, int count) {
        return applier.configuration(config).run(new Part(number, count));
    }

    private Map<String, String> whole() throws IOException {
        applier.configuration(config).run();
        Files.move(project.file("out"), project.file("whole"));
        return new Project(project.file("whole")).files();
    }

    private Map<String, String> out() throws IOException {
        return new Project(project.file("out")).files();
    }

    private static List<String> names(Report report) {
        return report.outputs().stream()
                .map(output -> output.path().getFileName().toString())
                .toList();
    }

    @Test
    void theLastPartLeavesWhatOneRunLeaves() throws IOException {
        Map<String, String> whole = whole();
        assertEquals(List.of("model-00002-of-00004.safetensors"), names(apply(2, 3)));
        assertEquals(
                List.of("graft-part-00002-of-00003.json", "model-00002-of-00004.safetensors"),
                List.copyOf(out().keySet()));
        assertEquals(
                List.of("model-00001-of-00004.safetensors", "model-00004-of-00004.safetensors"), names(apply(1, 3)));
        assertEquals(
                List.of(
                        "model-00001-of-00004.safetensors",
                        "model-00002-of-00004.safetensors",
                        "model-00003-of-00004.safetensors",
                        "model-00004-of-00004.safetensors",
                        "model.safetensors.index.json",
                        "graft-manifest.json"),
                names(apply(3, 3)));
        assertEquals(whole, out());
    }

    @Test
    void partsMayOutnumberTheShards() throws IOException {
        Map<String, String> whole = whole();
        for (int number = 6; number >= 1; number--) {
            apply(number, 6);
        }
        assertEquals(whole, out());
    }

    @Test
    void partsMayBeWrittenAtTheSameTime() throws Exception {
        Map<String, String> whole = whole();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Report>> parts = new ArrayList<>();
            for (int number = 1; number <= 4; number++) {
                int part = number;
                parts.add(() -> apply(part, 4));
            }
            for (Future<Report> part : threads.invokeAll(parts)) {
                part.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(whole, out());
    }

    @Test
    void onePartOfOneIsAWholeRun() throws IOException {
        Map<String, String> whole = whole();
        apply(1, 1);
        assertEquals(whole, out());
    }

    @Test
    void aPartIsNotWrittenTwiceUnlessAskedFor() throws IOException {
        apply(1, 2);
        assertEquals(
                "output-exists: the output folder `" + project.file("out") + "` has part 1/2 already; write all parts"
                        + " into a new folder; overwrite = true replaces a part until the last one is written",
                problem(1, 2));
        project.config(CONFIG + "graft.output.overwrite = true");
        apply(1, 2);
        apply(2, 2);
        assertEquals(
                "output-exists: the output folder `" + project.file("out") + "` holds a finished output; write all"
                        + " parts into a new folder; overwrite = true replaces a part until the last one is written",
                problem(2, 2));
    }

    @Test
    void partsOfDifferentPlansAreNotMixed() throws IOException {
        apply(1, 2);
        project.config(CONFIG + "graft.modifiers = []");
        Map<String, String> before = new TreeMap<>(out());
        assertEquals(other(), problem(2, 2));
        before.forEach((name, content) -> assertEquals(content, assertPresent(name)));
        assertFalse(Files.exists(project.file("out/graft-manifest.json")));
    }

    @Test
    void anotherModelOfTheSameShapesBetweenTwoPartsIsRefused() throws IOException {
        apply(1, 2);
        Path model = project.file("model.safetensors");
        byte[] content = Files.readAllBytes(model);
        content[content.length - 1]++;
        Files.write(model, content);
        Files.setLastModifiedTime(model, FileTime.fromMillis(0));
        assertEquals(other(), problem(2, 2));
        assertFalse(Files.exists(project.file("out/model.safetensors.index.json")));
    }

    @Test
    void partsWithOtherOptionsAreNotMixed() throws IOException {
        String freeze = ", { type = freeze, modules = [encoder] } ]";
        project.config(CONFIG.replace(" ]", freeze));
        apply(1, 2);
        project.config(CONFIG.replace(" ]", freeze.replace("[encoder]", "[encoder, encoder]")));
        assertEquals(other(), problem(2, 2));
        project.config(CONFIG.replace(" ]", freeze).replace("12B", "13B"));
        assertEquals(other(), problem(2, 2));
        assertEquals(
                List.of("graft-part-00001-of-00002.json"),
                out().keySet().stream().filter(name -> name.endsWith("json")).toList());
    }

    @Test
    void partsWithOtherMigrationsAreNotMixed() throws IOException {
        String steps = "graft.migrations.steps = [ { id = names, %s, rules = [ { from = old, to = new } ] } ]\n";
        project.config(steps.formatted("until = 2") + CONFIG);
        apply(1, 2);
        project.config(steps.formatted("until = 3") + CONFIG);
        assertEquals(other(), problem(2, 2));
        project.config(steps.formatted("until = 2") + CONFIG);
        apply(2, 2);
        String manifest = out().get("graft-manifest.json");
        assertTrue(
                new String(HexFormat.of().parseHex(manifest), StandardCharsets.UTF_8)
                        .replaceAll("\\s+", "")
                        .contains("\"history\":[{\"id\":\"names\""),
                () -> new String(HexFormat.of().parseHex(manifest), StandardCharsets.UTF_8));
    }

    private String other() {
        return "output-exists: part 1/2 in `" + project.file("out") + "` was written with another configuration or from"
                + " other checkpoints; run all parts with the same ones, into a new folder";
    }

    @Test
    void aPartThatWasCutOffBeforeItCompletedTheOutputIsRunAgain() throws IOException {
        Map<String, String> whole = whole();
        apply(1, 2);
        Path first = project.file("out/graft-part-00001-of-00002.json");
        byte[] record = Files.readAllBytes(first);
        Files.move(first, project.file("aside"));
        apply(2, 2);
        Files.write(first, record);
        assertFalse(Files.exists(project.file("out/graft-manifest.json")));
        assertEquals(6, apply(2, 2).outputs().size());
        assertEquals(whole, out());
    }

    @Test
    void partsRefuseAFolderWithAModelThatGraftDidNotWrite() throws IOException {
        Files.createDirectory(project.file("out"));
        Files.copy(project.file("model.safetensors"), project.file("out/model.safetensors"));
        Map<String, String> before = out();
        assertEquals(
                "output-exists: `" + project.file("out/model.safetensors") + "` would be opened in place of the output,"
                        + " and no manifest beside it says that Graft wrote it as it is now; move it away, or choose"
                        + " another path",
                problem(1, 2));
        assertEquals(before, out());
    }

    private String assertPresent(String name) {
        try {
            return out().get(name);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    @Test
    void aBlockIsNotWrittenInParts() throws IOException {
        project.config(CONFIG.replace(
                "model.checkpoint = model.safetensors",
                "model { block-factory = com.acme.Net, input-shapes = [[1, 4]] }"));
        assertEquals(
                "unsupported-change: a `block-factory` model is made anew by each process, with values of its own, and so cannot be"
                        + " written in parts; write it in one run, or modify a checkpoint",
                problem(1, 2));
        assertFalse(Files.exists(project.file("out")));
    }

    @Test
    void whatIsWrittenAsOneFileIsNotWrittenInParts() throws IOException {
        project.config(CONFIG.replace("max-shard-size = 12B", "format = pytorch"));
        assertEquals(
                "unsupported-change: `format = pytorch` is written as one file, which cannot be written in parts; write it in"
                        + " one run, or write another format",
                problem(1, 2));
        assertFalse(Files.exists(project.file("out")));
    }

    @Test
    void aWholeRunReplacesWhatPartsLeft() throws IOException {
        Map<String, String> whole = whole();
        apply(1, 2);
        project.config(CONFIG + "graft.output.overwrite = true");
        applier.configuration(config).run();
        assertEquals(whole, out());
    }

    @Test
    void aRecordThatIsNoneIsTold() throws IOException {
        apply(1, 2);
        Files.writeString(project.file("out/graft-part-00001-of-00002.json"), "{}");
        assertEquals(
                "apply-failed: the plan cannot be carried out: IOException: "
                        + project.file("out/graft-part-00001-of-00002.json").toRealPath()
                        + " is no record of a part; remove it and run that part again; the model and the output are as they were",
                problem(2, 2));
    }

    private String problem(int number, int count) {
        Problem problem = assertThrows(GraftException.class, () -> apply(number, count)).problems().stream()
                .filter(Problem::isError)
                .findFirst()
                .orElseThrow();
        return problem.code().id() + ": " + problem.message() + "; " + problem.help();
    }
}
