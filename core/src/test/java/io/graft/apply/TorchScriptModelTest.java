package io.graft.apply;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.graft.GraftException;
import io.graft.ModelRef;
import io.graft.NamedTensor;
import io.graft.Plan;
import io.graft.Report;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.DeclaredKind;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.djl.ModifiedModel;
import io.graft.djl.forward.OutputComparison;
import io.graft.problem.Problem;
import io.graft.torchscript.Archives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TorchScript archives by a configuration, from the plan to what the engine makes of them. */
class TorchScriptModelTest {
    private static final String FREEZE = "{ type = freeze, modules = [encoder] }";

    @TempDir
    Path root;

    private Project project;
    private ModelModifierApplier applier;

    @BeforeEach
    void anExtension() throws IOException {
        project = Project.in(root.resolve("project"));
        applier = ModelModifierApplier.create(TestModifiers.extension(root.resolve("extension")));
        Files.copy(Archives.path("m43/scripted"), project.file("net.pt"));
        Files.copy(Archives.path("m43/full7"), project.file("full7.pt"));
    }

    private Path config(String modifiers, String output) throws IOException {
        return project.config("graft.model.torchscript = net.pt\ngraft.modifiers = [" + modifiers + "]\n" + output);
    }

    @Test
    void itIsPlannedForByItsHeadersAndWrittenAsAnArchive() throws IOException {
        Path config = config(
                "{ type = load, checkpoint-path = full7.pt }, " + FREEZE,
                "graft.output { path = out, digest = none }\n");
        Plan plan = applier.configuration(config).plan();
        assertEquals(new ModelRef("torchscript", "net.pt"), plan.model());
        assertEquals(List.of("model.pt"), plan.output().orElseThrow().model());

        Report report = applier.configuration(config).run();
        assertEquals(
                List.of("model.pt", "graft-manifest.json"),
                report.outputs().stream()
                        .map(file -> file.path().getFileName().toString())
                        .toList());
        assertEquals(WrittenFile.Kind.MODEL, report.outputs().get(0).kind());
        Checkpoint written = Checkpoint.open(project.file("out"));
        assertEquals("torchscript", written.content());
        assertEquals(
                Map.of(
                        "encoder.weight", DeclaredKind.FROZEN_PARAMETER,
                        "encoder.bias", DeclaredKind.FROZEN_PARAMETER,
                        "decoder.weight", DeclaredKind.PARAMETER,
                        "decoder.bias", DeclaredKind.PARAMETER),
                declared(written));
        assertEquals(Project.tensors(project.file("full7.pt")), Project.tensors(project.file("out/model.pt")));
        String manifest = Files.readString(project.file("out/graft-manifest.json"));
        assertTrue(manifest.replaceAll("\\s", "").contains("\"kind\":\"torchscript\",\"uri\":\"net.pt\""), manifest);
    }

    private static Map<String, DeclaredKind> declared(Checkpoint checkpoint) {
        Map<String, DeclaredKind> kinds = new HashMap<>();
        checkpoint
                .stored()
                .forEach((name, entry) -> kinds.put(name, entry.declared().orElseThrow()));
        return kinds;
    }

    @Test
    void itRunsAsItIsAndAsItIsModified() throws IOException {
        List<NamedTensor> inputs = read("m43/inputs");
        assertAgree("m43/outputs-init", applier.configuration(config("", "")).forward(inputs));
        Map<String, String> before = project.files();
        Path config = config("{ type = load, checkpoint-path = full7.pt }", "");
        before.put("graft.conf", project.files().get("graft.conf"));
        assertAgree("m43/outputs-full7", applier.configuration(config).forward(inputs));
        assertEquals(before, project.files());
    }

    @ParameterizedTest
    @ValueSource(strings = {"epd/scripted", "epd/traced"})
    void buffersCountInItsForward(String fixture) throws IOException {
        Files.copy(Archives.path(fixture), project.file("epd.pt"));
        Files.copy(
                Archives.path("epd/scripted").resolveSibling("pretrained-expected.safetensors"),
                project.file("p.safetensors"));
        Path config = project.config(
                "graft.model.torchscript = epd.pt\ngraft.modifiers = [ { type = load, checkpoint-path = p.safetensors } ]");
        assertAgree("epd/outputs-pretrained", applier.configuration(config).forward(read("epd/inputs")));
    }

    @Test
    void aProgramCanHoldItAsItIsModified() throws IOException {
        Path config = config("{ type = load, checkpoint-path = full7.pt }, " + FREEZE, "");
        try (ModifiedModel modified = applier.configuration(config).open()) {
            assertEquals(
                    7,
                    modified.block()
                            .getParameters()
                            .get("decoder.bias")
                            .getArray()
                            .toFloatArray()[0]);
            assertFalse(modified.block().getParameters().get("encoder.weight").requiresGradient());
            assertTrue(modified.block().getParameters().get("decoder.weight").requiresGradient());
        }
    }

    @Test
    void inputsThatTheProgramDoesNotTakeAreNamed() throws IOException {
        Path config = config("", "");
        RuntimeException refused = assertThrows(
                RuntimeException.class, () -> applier.configuration(config).forward(List.of()));
        assertEquals(
                "the inputs are named [], the program takes [x]; name them 0, 1, ... in this order, or as the program does",
                refused.getMessage());
    }

    @Test
    void whatTheConfigurationSaysOfTheFormatIsAnError() throws IOException {
        Path config = config(FREEZE, "graft.output { path = out, format = safetensors, max-shard-size = 1GB }\n");
        Plan plan = applier.configuration(config).plan();
        assertEquals(
                List.of(
                        "exclusive graft.output.format: `format` has no effect on a `torchscript` model, which is written as"
                                + " `model.pt`; remove it",
                        "exclusive graft.output.max-shard-size: `max-shard-size` has no effect on a `torchscript` model,"
                                + " which is written as `model.pt`; remove it"),
                plan.problems().stream().map(TorchScriptModelTest::told).toList());
        assertThrows(GraftException.class, () -> applier.configuration(config).run());
        assertFalse(Files.exists(project.file("out")));
    }

    @Test
    void itCannotBeWrittenInParts() throws IOException {
        Path config = config(FREEZE, "graft.output.path = out\n");
        GraftException refused = assertThrows(
                GraftException.class, () -> applier.configuration(config).run(Part.parse("1/2")));
        assertEquals(
                "unsupported-change : a `torchscript` model is written as one file, `model.pt`, which cannot be written in"
                        + " parts; write it in one run",
                told(refused.problems().get(0)));
        assertFalse(Files.exists(project.file("out")));
    }

    @Test
    void theConfigurationIsUnderstoodWithoutAFormat() throws IOException {
        assertEquals(
                List.of("path", "overwrite", "digest", "sync"),
                List.copyOf(((Map<?, ?>) applier.configuration(config(FREEZE, "graft.output.path = out\n"))
                                .effective()
                                .get("output"))
                        .keySet()));
    }

    @Test
    void aFileThatIsNoArchiveIsNamedAtItsKey() throws IOException {
        Path config = project.config("graft.model.torchscript = full7.pt\ngraft.modifiers = []");
        GraftException refused = assertThrows(
                GraftException.class, () -> applier.configuration(config).plan());
        assertEquals(
                "checkpoint-unsupported graft.model.torchscript: `full7.pt`: this is no archive of torch.jit.save, but"
                        + " pytorch, state_dict; give it as `checkpoint`, or an archive as `torchscript`",
                told(refused.problems().get(refused.problems().size() - 1)));
    }

    @Test
    void aFailureLeavesNothing() throws IOException {
        Map<String, String> before = project.files();
        Path config = config(FREEZE + ", { type = fail }", "graft.output.path = out\n");
        before.put("graft.conf", project.files().get("graft.conf"));
        assertThrows(GraftException.class, () -> applier.configuration(config).run());
        assertEquals(before, project.files());
    }

    /** PyTorch's optimizer of programs fails in inference after training, whoever loads the program. */
    @Test
    void aProgramThatIsOpenedTrainsAndThenRunsInInference() throws IOException {
        System.clearProperty("ai.djl.pytorch.graph_optimizer");
        Path config = config(FREEZE, "");
        try (ModifiedModel modified = applier.configuration(config).open();
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDList input = new NDList(manager.ones(new Shape(5, 4)));
            ParameterStore store = new ParameterStore(manager, false);
            for (int i = 0; i < 4; i++) {
                try (GradientCollector gradients = Engine.getEngine("PyTorch").newGradientCollector()) {
                    gradients.backward(modified.block()
                            .forward(store, input, true)
                            .singletonOrThrow()
                            .square()
                            .mean());
                }
            }
            modified.block().forward(store, input, false);
        }
        assertEquals("false", System.getProperty("ai.djl.pytorch.graph_optimizer"));
        System.clearProperty("ai.djl.pytorch.graph_optimizer");
        applier.configuration(config).forward(read("m43/inputs"));
        assertEquals("false", System.getProperty("ai.djl.pytorch.graph_optimizer"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anOpenModelIsModifiedAndWritten(boolean byFile) throws Exception {
        try (Model model = Model.newInstance("net", "PyTorch")) {
            model.load(project.folder(), "net.pt", Map.of("trainParam", "true"));
            Path config = project.config("graft.modifiers = [ { type = load, checkpoint-path = full7.pt }, " + FREEZE
                    + " ]\ngraft.output.path = out");
            GivenModel<LiveRun> given = byFile ? applier.model(model, project.file("net.pt")) : applier.model(model);
            assertEquals(
                    "torchscript", given.configuration(config).plan().model().kind());
            ModifiedModel modified = given.configuration(config).run();
            assertEquals(model.getBlock(), modified.block());
            assertEquals(List.of(), modified.adapters());
            assertFalse(model.getBlock().getParameters().get("encoder.weight").requiresGradient());
            assertTrue(model.getBlock().getParameters().get("decoder.weight").requiresGradient());
            assertEquals(
                    7,
                    model.getBlock()
                            .getParameters()
                            .get("decoder.bias")
                            .getArray()
                            .toFloatArray()[0]);
            assertEquals(Project.tensors(project.file("full7.pt")), Project.tensors(project.file("out/model.pt")));
        }
    }

    @Test
    void aModifierThatFailsLeavesAnOpenModelAsItWas() throws Exception {
        try (Model model = Model.newInstance("net", "PyTorch")) {
            model.load(project.folder(), "net.pt", Map.of("trainParam", "true"));
            float[] before = model.getBlock()
                    .getParameters()
                    .get("encoder.weight")
                    .getArray()
                    .toFloatArray();
            Path config = project.config("graft.modifiers = [ { type = load, checkpoint-path = full7.pt }, " + FREEZE
                    + ", { type = fail } ]");
            assertThrows(
                    GraftException.class,
                    () -> applier.model(model, project.file("net.pt"))
                            .configuration(config)
                            .run());
            assertArrayEquals(
                    before,
                    model.getBlock()
                            .getParameters()
                            .get("encoder.weight")
                            .getArray()
                            .toFloatArray());
            assertTrue(model.getBlock().getParameters().get("encoder.weight").requiresGradient());
            GraftException refused = assertThrows(
                    GraftException.class,
                    () -> applier.model(model, project.file("full7.pt"))
                            .configuration(config)
                            .plan());
            assertEquals(
                    "checkpoint-unsupported : " + project.file("full7.pt")
                            + ": this is no archive of torch.jit.save, but pytorch, state_dict; give it as `checkpoint`, or"
                            + " an archive as `torchscript`",
                    told(refused.problems().get(0)));
        }
    }

    private static List<NamedTensor> read(String fixture) {
        Path file = Archives.path("m43/scripted").getParent().resolveSibling(fixture + ".safetensors");
        return Checkpoint.open(file).tensors().values().stream()
                .map(NamedTensor::of)
                .toList();
    }

    private static void assertAgree(String expected, List<NamedTensor> outputs) throws IOException {
        OutputComparison comparison = OutputComparison.of(outputs, read(expected), 1e-5);
        assertTrue(comparison.agrees(), comparison::toString);
    }

    private static String told(Problem problem) {
        return problem.code().id() + " " + problem.path() + ": " + problem.message()
                + Optional.of(problem.help())
                        .filter(help -> !help.isEmpty())
                        .map(help -> "; " + help)
                        .orElse("");
    }
}
