package io.graft.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.GraftException;
import io.graft.ModelRef;
import io.graft.ModifierRecord;
import io.graft.Plan;
import io.graft.Report;
import io.graft.SkipReason;
import io.graft.Skipped;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.model.Change;
import io.graft.model.DraftTensor;
import io.graft.model.training.TensorKind;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.problem.SourceRef;
import io.graft.report.ReportJson;
import io.graft.report.ReportText;
import io.graft.tensor.DType;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelModifierApplierTest {
    private static final String MODEL_AND_OUTPUT = """
            graft.model.checkpoint = "model.safetensors"
            graft.output.path = out
            """;
    private static final String TRANSFER_AND_FREEZE = MODEL_AND_OUTPUT + """
            graft.modifiers = [
              { type = load, checkpoint-path = "pretrained.safetensors" }
              { type = freeze, modules = [encoder] }
            ]
            """;

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
    void h1_failingModifierLeavesEverythingAsItWas() throws IOException {
        Path config = project.config(MODEL_AND_OUTPUT + """
                graft.modifiers = [
                  { type = freeze, modules = [encoder] }
                  { type = fail }
                  { type = freeze, modules = [nowhere] }
                ]
                """);
        Map<String, String> before = project.files();
        GraftException failure = assertThrows(
                GraftException.class, () -> applier.configuration(config).run());
        assertEquals("modifier 2 of 3, `fail`, failed: IllegalStateException: boom", firstError(failure));
        assertInstanceOf(IllegalStateException.class, failure.getCause());
        assertEquals(
                List.of("graft.modifiers[1] " + config + ":5"),
                failure.problems().stream().map(ModelModifierApplierTest::place).toList());
        assertEquals(
                List.of("freeze", "fail"),
                failure.plan().orElseThrow().modifiers().stream()
                        .map(ModifierRecord::type)
                        .toList());
        assertEquals(before, project.files());
    }

    @Test
    void h1_errorsOfOneModifierAreToldTogether() throws IOException {
        Path config = project.config(MODEL_AND_OUTPUT + """
                graft.modifiers = [
                  { type = freeze, modules = [encoder, nope, decoder, nowhere] }
                ]
                """);
        GraftException failure = assertThrows(
                GraftException.class, () -> applier.configuration(config).run());
        assertEquals("`nope` matches nothing", firstError(failure));
        assertEquals(
                List.of(
                        "graft.modifiers[0].modules[1] " + config + ":4",
                        "graft.modifiers[0].modules[3] " + config + ":4"),
                failure.problems().stream().map(ModelModifierApplierTest::place).toList());
        assertEquals(
                List.of("modifier 1 of 1, `freeze` (test-classes)"),
                failure.problems().get(0).notes());
    }

    @Test
    void h11_emptyListIsAReportedNoOp() throws IOException {
        Path config = project.config(MODEL_AND_OUTPUT + "graft.modifiers = []");
        Plan plan = applier.configuration(config).plan();
        assertFalse(plan.hasChanges());
        assertEquals(
                List.of("warning empty graft.modifiers: no modifiers are listed, so nothing is changed"),
                plan.problems().stream().map(ModelModifierApplierTest::text).toList());
        Report report = applier.configuration(config).run();
        assertTrue(report.committed());
        assertEquals(
                new TreeMap<>(Project.tensors(project.file("model.safetensors"))),
                new TreeMap<>(Project.tensors(project.file("out"))));
    }

    @Test
    void h12_unknownTypeIsToldWithPlaceAndNearestName() throws IOException {
        Path config = project.config(MODEL_AND_OUTPUT + "graft.modifiers = [ { type = freze } ]");
        GraftException failure = assertThrows(
                GraftException.class, () -> applier.configuration(config).run());
        assertEquals("no modifier has id `freze`; did you mean `freeze`?", firstError(failure));
        assertEquals(
                List.of("graft.modifiers[0].type " + config + ":3"),
                failure.problems().stream().map(ModelModifierApplierTest::place).toList());
        assertTrue(failure.plan().isEmpty());
    }

    @Test
    void h13_unknownOptionIsToldWithPlaceAndNearestKey() throws IOException {
        Path config = project.config(MODEL_AND_OUTPUT + "graft.modifiers = [ { type = freeze, modlues = [encoder] } ]");
        GraftException failure = assertThrows(
                GraftException.class, () -> applier.configuration(config).run());
        assertEquals("modifier `freeze` has no key `modlues`", firstError(failure));
        assertEquals("did you mean `modules`?", failure.problems().get(0).help());
        assertEquals(
                List.of("graft.modifiers[0].modlues " + config + ":3"),
                failure.problems().stream().map(ModelModifierApplierTest::place).toList());
    }

    @Test
    void h15_transferAndFreezingGiveATypedReport() throws IOException {
        pretrained();
        Report report =
                applier.configuration(project.config(TRANSFER_AND_FREEZE)).run();
        Plan plan = report.plan();
        assertTrue(report.committed());
        assertEquals(new ModelRef("checkpoint", "model.safetensors"), plan.model());
        assertEquals(List.of(), plan.problems());
        ModifierRecord load = plan.modifiers().get(0);
        assertEquals("load", load.type());
        assertEquals(
                List.of("encoder.bias", "encoder.weight"),
                load.changes().stream()
                        .map(change -> (Change.Assigned) change)
                        .peek(change -> assertEquals(
                                new Provenance.Stored("pretrained.safetensors", change.name()), change.provenance()))
                        .map(Change.Assigned::name)
                        .sorted()
                        .toList());
        assertEquals(
                List.of(
                        new Skipped("decoder.weight", SkipReason.SHAPE_MISMATCH, "[9, 3], [2, 3]"),
                        new Skipped("old_head.weight", SkipReason.NOT_IN_MODEL, "")),
                load.skipped());
        assertEquals(List.of("decoder.weight"), load.missing());
        assertEquals(
                List.of(new Change.Frozen("encoder.bias"), new Change.Frozen("encoder.weight")),
                plan.modifiers().get(1).changes());
        assertEquals(
                List.of(project.file("out/model.safetensors"), project.file("out/graft-manifest.json")),
                report.outputs().stream().map(WrittenFile::path).toList());

        Map<String, String> before = Project.tensors(project.file("model.safetensors"));
        Map<String, String> after = Project.tensors(project.file("out"));
        assertEquals("F32 [3] 0000e0400000e0400000e040", after.get("encoder.bias"));
        assertEquals(before.get("decoder.weight"), after.get("decoder.weight"));
        assertEquals(before.keySet(), after.keySet());
    }

    @Test
    void h17_planIsWhatApplyDoesAndWritesNothing() throws IOException {
        pretrained();
        Path config = project.config(TRANSFER_AND_FREEZE);
        Map<String, String> before = project.files();
        Plan plan = applier.configuration(config).plan();
        assertEquals(before, project.files());
        assertEquals(
                ReportJson.compact("x", root).of(plan),
                ReportJson.compact("x", root)
                        .of(applier.configuration(config).run().plan()));
    }

    @Test
    void h20_brokenProviderIsToldWithItsCauseWhenItIsAskedFor() throws IOException {
        pretrained();
        ModelModifierApplier withBroken = ModelModifierApplier.create(TestModifiers.extension(
                root.resolve("broken"),
                TestModifiers.Load.class,
                TestModifiers.Freeze.class,
                TestModifiers.BrokenAtStart.class));
        withBroken.configuration(project.config(TRANSFER_AND_FREEZE)).plan();
        Path config = project.config(MODEL_AND_OUTPUT + "graft.modifiers = [ { type = broken-at-start } ]");
        GraftException failure = assertThrows(
                GraftException.class, () -> withBroken.configuration(config).plan());
        assertEquals("no modifier has id `broken-at-start`", firstError(failure));
        assertEquals(
                "not usable: io.graft.apply.TestModifiers$BrokenAtStart - test-classes cannot be made:"
                        + " IllegalStateException: no licence found",
                failure.problems().get(0).notes().get(1));
    }

    /** The rest is as it would be without it. */
    @Test
    void anOptionalModifierThatFailsIsLeftOutAndTold() throws IOException {
        String around = MODEL_AND_OUTPUT + """
                graft.modifiers = [
                  { type = freeze, modules = [encoder] }
                  %s
                  { type = rename, from = decoder.bias, to = decoder.offset }
                ]
                """;
        Path config = project.config(around.formatted("""
                { type = fail, optional = true }
                  { type = freeze, modules = [decoder, nope], optional = true }
                  { type = freeze, modules = [encoder], optional = false }"""));
        Plan plan = applier.configuration(config).plan();
        assertEquals(
                List.of(
                        "warning apply-failed graft.modifiers[1]: modifier 2 of 5, `fail`, failed: IllegalStateException: boom",
                        "warning unmatched-selector graft.modifiers[2].modules[1]: `nope` matches nothing"),
                plan.problems().stream().map(ModelModifierApplierTest::text).toList());
        assertEquals(
                List.of("modifier 3 of 5, `freeze` (test-classes)", "it is optional, and is left out"),
                plan.problems().get(1).notes());
        assertEquals(
                List.of(false, true, true, false, false),
                plan.modifiers().stream().map(ModifierRecord::leftOut).toList());
        assertEquals(List.of(), plan.modifiers().get(2).changes());
        String json = ReportJson.compact("plan", root).of(plan);
        assertTrue(json.contains("\"type\":\"fail\",\"origin\":\"test-classes\",\"left-out\":true,"), json);
        String text = ReportText.full().of(applier.configuration(config).run());
        assertTrue(text.contains("2. fail  (test-classes)\n   left out: it failed, and is optional\n"), text);
        Map<String, String> written = Project.tensors(project.file("out"));
        assertTrue(written.containsKey("decoder.offset"));
        assertEquals(
                Map.of("decoder.weight", true, "decoder.offset", true, "encoder.weight", false, "encoder.bias", false),
                plan.tensors().stream().collect(Collectors.toMap(DraftTensor::name, DraftTensor::trainable)));
        assertEquals(
                true,
                ((Map<?, ?>) ((List<?>) applier.configuration(config)
                                        .effective()
                                        .get("modifiers"))
                                .get(1))
                        .get("optional"));
    }

    @Test
    void optionalIsTrueOrFalse() throws IOException {
        Path config = project.config(MODEL_AND_OUTPUT + "graft.modifiers = [ { type = fail, optional = yes } ]");
        GraftException failure = assertThrows(
                GraftException.class, () -> applier.configuration(config).plan());
        assertEquals("expected `true` or `false`, found the text `yes`", firstError(failure));
        assertEquals("graft.modifiers[0].optional", failure.problems().get(0).path());
    }

    @Test
    void sameInputsGiveTheSameBytes() throws IOException {
        pretrained();
        Path config = project.config(TRANSFER_AND_FREEZE);
        Report first = applier.configuration(config).run();
        Map<String, String> written = new Project(project.file("out")).files();
        Files.move(project.file("out"), project.file("first"));
        Report second = applier.configuration(config).run();
        assertEquals(first.outputs(), second.outputs());
        assertEquals(written, new Project(project.file("out")).files());
    }

    @Test
    void castsTellTheirErrorOnceValuesWereRead() throws IOException {
        project.sevens("pretrained.safetensors", DType.F64, Map.of("encoder.bias", Shape.of(3)));
        Path config = project.config(
                MODEL_AND_OUTPUT + "graft.modifiers = [ { type = load, checkpoint-path = pretrained.safetensors } ]");
        String planned = ReportJson.compact("plan", root)
                .of(applier.configuration(config).plan());
        assertTrue(planned.contains("\"cast\":[{\"name\":\"encoder.bias\",\"from\":\"F64\",\"to\":\"F32\"}]"), planned);
        applier.configuration(config).run();
        String manifest = Files.readString(project.file("out/graft-manifest.json"));
        assertTrue(manifest.contains("\"max-relative-error\": 1.3"), manifest);
    }

    @Test
    void largeModelsAreWrittenInShards() throws IOException {
        Path config = project.config(MODEL_AND_OUTPUT + "graft.output.max-shard-size = 50B\ngraft.modifiers = []");
        Report report = applier.configuration(config).run();
        assertEquals(
                List.of(
                        "model-00001-of-00002.safetensors",
                        "model-00002-of-00002.safetensors",
                        "model.safetensors.index.json",
                        "graft-manifest.json"),
                report.outputs().stream()
                        .map(output -> output.path().getFileName().toString())
                        .toList());
        assertEquals(
                new TreeMap<>(Project.tensors(project.file("model.safetensors"))),
                new TreeMap<>(Project.tensors(project.file("out"))));
    }

    @Test
    void existingOutputIsRefused() throws IOException {
        Files.createDirectory(project.file("out"));
        Path config = project.config(MODEL_AND_OUTPUT + "graft.modifiers = [ { type = freze } ]");
        GraftException failure = assertThrows(
                GraftException.class, () -> applier.configuration(config).run());
        assertEquals(
                List.of(
                        "error unknown-modifier graft.modifiers[0].type: no modifier has id `freze`; did you mean"
                                + " `freeze`?",
                        "error output-exists graft.output.path: the output folder `" + project.file("out")
                                + "` exists"),
                failure.problems().stream()
                        .map(ModelModifierApplierTest::text)
                        .sorted(Comparator.reverseOrder())
                        .toList());
        assertEquals(
                "choose another path, or replace what Graft wrote there with overwrite = true",
                failure.problems().stream()
                        .filter(problem -> problem.code() == ProblemCode.OUTPUT_EXISTS)
                        .map(Problem::help)
                        .findFirst()
                        .orElseThrow());
    }

    @Test
    void planDoesNotMindAnExistingOutput() throws IOException {
        Files.createDirectory(project.file("out"));
        Plan plan = applier.configuration(project.config(
                        MODEL_AND_OUTPUT + "graft.modifiers = [ { type = freeze, modules = [encoder] } ]"))
                .plan();
        assertTrue(plan.isCommittable());
    }

    @Test
    void tensorThatSafetensorsCannotHoldIsARefusalOfTheOutput() throws IOException {
        Path config = project.config(
                MODEL_AND_OUTPUT + "graft.modifiers = [ { type = rename, from = encoder.bias, to = __metadata__ } ]");
        Map<String, String> before = project.files();
        GraftException failure = assertThrows(
                GraftException.class, () -> applier.configuration(config).run());
        assertEquals("the tensor name '__metadata__' is reserved for metadata", firstError(failure));
        assertEquals(
                ProblemCode.CHECKPOINT_UNSUPPORTED, failure.problems().get(0).code());
        assertEquals(before, project.files());
    }

    @Test
    void modelThatIsMissingIsAProblemOfItsKey() throws IOException {
        Files.delete(project.file("model.safetensors"));
        Path config = project.config(MODEL_AND_OUTPUT + "graft.modifiers = []");
        GraftException failure = assertThrows(
                GraftException.class, () -> applier.configuration(config).run());
        Problem problem =
                failure.problems().stream().filter(Problem::isError).findFirst().orElseThrow();
        assertEquals(ProblemCode.CHECKPOINT_NOT_FOUND, problem.code());
        assertEquals("graft.model.checkpoint " + config + ":1", place(problem));
        assertTrue(problem.message().startsWith("`model.safetensors`: "), problem.message());
    }

    @Test
    void sourceThatIsMissingIsAProblemOfItsModifier() throws IOException {
        Path config = project.config(TRANSFER_AND_FREEZE);
        GraftException failure = assertThrows(
                GraftException.class, () -> applier.configuration(config).run());
        Problem problem = failure.problems().get(0);
        assertEquals(ProblemCode.CHECKPOINT_NOT_FOUND, problem.code());
        assertEquals("graft.modifiers[0] " + config + ":4", place(problem));
        assertTrue(problem.message().startsWith("`pretrained.safetensors`: "), problem.message());
        assertEquals(List.of("modifier 1 of 2, `load` (test-classes)"), problem.notes());
    }

    @Test
    void filesOutsideTheProjectAreNamedAbsolutely() throws IOException {
        Path elsewhere =
                Files.move(project.file("model.safetensors"), root.toRealPath().resolve("model.safetensors"));
        Plan plan = applier.configuration(
                        project.config("graft { model.checkpoint = \"../model.safetensors\", modifiers = [] }"))
                .plan();
        assertEquals(elsewhere.toString(), plan.model().uri());
    }

    @Test
    void checkTellsProblemsWithoutOpeningTheModel() throws IOException {
        Files.delete(project.file("model.safetensors"));
        assertEquals(
                List.of(),
                applier.configuration(project.config(
                                MODEL_AND_OUTPUT + "graft.modifiers = [ { type = freeze, modules = [encoder] } ]"))
                        .check());
        assertEquals(
                List.of(),
                applier.configuration(project.config("graft.modifiers = [ { type = freeze, modules = [encoder] } ]"))
                        .check());
        Path wrong = project.config(MODEL_AND_OUTPUT + "graft.modifiers = [ { type = freeze, modules = [] } ]");
        GraftException told = assertThrows(
                GraftException.class, () -> applier.configuration(wrong).check());
        assertEquals(
                List.of("error empty graft.modifiers[0].modules"),
                told.problems().stream()
                        .map(problem -> text(problem).replaceAll(":.*", ""))
                        .toList());
        assertEquals(OptionalInt.of(1), told.configured());
    }

    @Test
    void nothingIsCountedInAFileThatCannotBeRead() throws IOException {
        Path broken = project.config("graft.modifiers = [ { type = freeze");
        GraftException told = assertThrows(
                GraftException.class, () -> applier.configuration(broken).check());
        assertEquals(OptionalInt.empty(), told.configured());
    }

    @Test
    void checkpointAloneCannotBeRun() throws IOException {
        Path config = project.config(MODEL_AND_OUTPUT + "graft.modifiers = [ { type = freeze, modules = [encoder] } ]");
        GraftException failure = assertThrows(
                GraftException.class, () -> applier.configuration(config).open());
        assertEquals("a `checkpoint` model cannot be run: it has tensors and no forward", firstError(failure));
        assertEquals(
                "name a model that computes, such as `torchscript` or `block-factory`, and load the checkpoint with a modifier",
                failure.problems().get(0).help());
    }

    @Test
    void tensorsKeepTheirKindAndOrder() throws IOException {
        Plan plan = applier.configuration(project.config(MODEL_AND_OUTPUT + "graft.modifiers = []"))
                .plan();
        assertEquals(
                new ArrayList<>(
                        Project.tensors(project.file("model.safetensors")).keySet()),
                plan.tensors().stream().map(DraftTensor::name).toList());
        assertTrue(plan.tensors().stream()
                .allMatch(tensor -> tensor.kind() == TensorKind.PARAMETER && tensor.trainable()));
    }

    private void pretrained() throws IOException {
        Map<String, Shape> tensors = new TreeMap<>(Map.of(
                "encoder.weight", Shape.of(3, 4),
                "encoder.bias", Shape.of(3),
                "decoder.weight", Shape.of(9, 3),
                "old_head.weight", Shape.of(2)));
        project.sevens("pretrained.safetensors", DType.F32, tensors);
    }

    private static String place(Problem problem) {
        SourceRef at = problem.at().orElseThrow();
        return problem.path() + " " + at.file() + ":" + at.line();
    }

    private static String text(Problem problem) {
        String severity = problem.severity() == Severity.ERROR ? "error" : "warning";
        return severity + " " + problem.code().id() + " " + problem.path() + ": " + problem.message();
    }

    private static String firstError(GraftException failure) {
        return failure.problems().stream()
                .filter(Problem::isError)
                .findFirst()
                .orElseThrow()
                .message();
    }
}
