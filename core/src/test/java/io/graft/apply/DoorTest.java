package io.graft.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.graft.GraftException;
import io.graft.ModelModifier;
import io.graft.ModelRef;
import io.graft.ModifierRecord;
import io.graft.Plan;
import io.graft.Report;
import io.graft.checkpoint.write.Part;
import io.graft.config.reading.ConfigOverrides;
import io.graft.djl.Adapting;
import io.graft.djl.M43;
import io.graft.djl.ModifiedModel;
import io.graft.model.parametrization.Adapter;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class DoorTest {
    @TempDir
    Path root;

    private Project project;
    private ModelModifierApplier applier;
    private Model model;
    private Block block;

    @BeforeEach
    void makeModel() throws IOException {
        project = Project.in(root.resolve("project"));
        applier = ModelModifierApplier.create(TestModifiers.extension(
                root.resolve("extension"),
                Keeping_Provider.class,
                Adapting.Provider.class,
                Silent.Provider.class,
                TestModifiers.Freeze.class));
        model = Model.newInstance("m43", "PyTorch");
        block = new M43.Factory().newBlock(model, root, Map.of());
        block.initialize(model.getNDManager(), DataType.FLOAT32, new ai.djl.ndarray.types.Shape(5, 4));
        model.setBlock(block);
    }

    @AfterEach
    void closeModel() {
        model.close();
    }

    @Test
    void modifiersMadeInJavaAreNamedAndTheirOptionsTold() {
        ModifiedModel modified =
                applier.model(block).configuration(Keeping.of("encoder.weight")).run();
        ModifierRecord record = modified.report().plan().modifiers().get(0);
        assertEquals("keeping", record.type());
        assertEquals("test-classes", record.origin());
        assertEquals(Map.of("tensors", List.of("encoder.weight"), "token", "***", "strict", true), record.options());
        assertEquals(List.of(), modified.report().problems());
        assertTrue(LiveModelTest.bits(block).get("01encoder_weight").startsWith("frozen "));
        assertSame(block, modified.block());
    }

    @Test
    void planOfModifiersIsThatOfTheSameConfiguration() throws IOException {
        Path config = project.config("graft.modifiers = [ { type = keeping, tensors = [encoder.bias], token = x } ]");
        Plan inFile = applier.model(model).configuration(config).plan();
        Plan made = applier.model(model)
                .configuration(List.of(Keeping.of("encoder.bias")))
                .plan();
        assertEquals(inFile.modifiers(), made.modifiers());
    }

    @Test
    void problemOfAModifierMadeInJavaNamesItAndItsPlace() {
        Map<String, String> before = LiveModelTest.bits(block);
        GraftException failure = assertThrows(
                GraftException.class,
                () -> applier.model(block)
                        .configuration(Keeping.of("encoder.bias"), Keeping.of("encoder.bias", "decodr.bias"))
                        .run());
        assertEquals(
                List.of(new Problem(
                        ProblemCode.UNMATCHED_SELECTOR,
                        Severity.ERROR,
                        "graft.modifiers[1].tensors[1]",
                        Optional.empty(),
                        "no tensor `decodr.bias`, says ***",
                        List.of("modifier 2 of 2, `keeping` (test-classes)"),
                        "name one")),
                failure.problems());
        assertEquals(
                "error[unmatched-selector] graft.modifiers[1].tensors[1]: no tensor `decodr.bias`, says ***",
                failure.getMessage());
        assertEquals(before, LiveModelTest.bits(block));
    }

    @Test
    void optionsMadeInJavaKeepTheRulesOfAFile() {
        GraftException failure = assertThrows(
                GraftException.class,
                () -> applier.model(block).configuration(Keeping.of()).plan());
        assertEquals(
                List.of(new Problem(
                        ProblemCode.EMPTY,
                        Severity.ERROR,
                        "graft.modifiers[0].tensors",
                        Optional.empty(),
                        "must not be empty",
                        List.of("keeping (test-classes): \"their names\""),
                        "")),
                failure.problems());
    }

    @Test
    void instanceThatWasGivenRuns() {
        ModelModifier own = new Silent("decoder.bias");
        Plan plan = applier.model(block).configuration(own).plan();
        assertEquals(Map.of(), plan.modifiers().get(0).options());
        assertFalse(plan.tensors().get(3).trainable());
        assertEquals(
                List.of(new Problem(
                        ProblemCode.DESCRIPTOR_MISMATCH,
                        Severity.WARNING,
                        "graft.modifiers[0]",
                        Optional.empty(),
                        "modifier `silent` does not tell its options, so they are neither checked nor reported",
                        List.of(),
                        "let io.graft.apply.Silent give them in options()")),
                plan.problems());
    }

    @Test
    void classWithoutAnIdIsRefused() {
        ModelModifier nameless = new ModelModifier() {
            @Override
            public void apply(io.graft.model.ModelDraft draft, io.graft.ModifierContext context) {}
        };
        assertEquals(
                "error[missing-modifier-type] graft.modifiers[0]: `"
                        + nameless.getClass().getName() + "` has no @Modifier, whose id plans and reports call it by",
                message(() -> applier.model(block).configuration(nameless).run()));
    }

    @Test
    void modifierThatTheClassLoaderDoesNotFindIsNamed() {
        ModelModifierApplier without =
                ModelModifierApplier.create(TestModifiers.extension(root.resolve("other"), TestModifiers.Freeze.class));
        assertEquals(
                "error[unknown-modifier] graft.modifiers[0].type: no modifier has id `io.graft.apply.Keeping`",
                message(() ->
                        without.model(block).configuration(Keeping.of("x")).plan()));
    }

    @Test
    void noModifiersChangeNothing() {
        ModifiedModel modified = applier.model(block).configuration(List.of()).run();
        assertEquals(
                List.of("no modifiers are listed, so nothing is changed"),
                modified.report().problems().stream().map(Problem::message).toList());
        assertEquals(List.of(), modified.adapters());
        assertEquals(0, modified.cachedBytes());
        modified.activate(Map.of());
        modified.invalidate();
        modified.close();
        assertEquals(4, block.getParameters().valueAt(0).getArray().getShape().get(1));
    }

    @Test
    void handleHasTheBlockThatParametrizationsWrap() {
        GivenModel<LiveRun> given = applier.model(block);
        ModifiedModel modified = given.configuration(new Adapting()).run();
        assertNotSame(block, modified.block());
        assertEquals(
                List.of("default"),
                modified.adapters().stream().map(Adapter::name).toList());
        // the model that was given is the wrapped one from now on
        GraftException again = assertThrows(
                GraftException.class, () -> given.configuration(new Adapting()).run());
        assertTrue(again.getMessage().contains("`default`"), again.getMessage());
        modified.close();
    }

    @Test
    void modelGetsTheWrappedBlock() {
        ModifiedModel modified =
                applier.model(model).configuration(new Adapting()).run();
        assertSame(modified.block(), model.getBlock());
        modified.activate(Map.of());
        assertFalse(modified.adapters().get(0).isActive());
    }

    @Test
    void modelWithoutParametrizationsIsServedFolded() {
        ModifiedModel modified = applier.model(model).configuration(List.of()).run();
        Block folded = modified.folded();
        assertNotSame(block, folded);
        folded.clear();
        assertTrue(block.getParameters().valueAt(0).getArray().getManager().isOpen());
    }

    @Test
    void outputGoesWhereTheCallerSays() throws IOException {
        Path config = project.config("graft { modifiers = [], output.path = other }");
        Path out = project.file("it's \"out\"");
        Report ofFile =
                applier.model(model).configuration(config).output(out).run().report();
        assertEquals(out.resolve("model.safetensors"), ofFile.outputs().get(0).path());
        Report ofConfig = applier.model(model)
                .configuration(ConfigFactory.parseString("graft { modifiers = [], output.path = other }"))
                .output(project.file("out2"))
                .run()
                .report();
        assertEquals(
                project.file("out2/model.safetensors"),
                ofConfig.outputs().get(0).path());
        Report ofModifiers = applier.model(model)
                .configuration(Keeping.of("encoder.bias"))
                .output(project.file("out3"))
                .run()
                .report();
        assertEquals(
                project.file("out3/model.safetensors"),
                ofModifiers.outputs().get(0).path());
        assertFalse(Files.exists(project.file("other")));
    }

    @Test
    void checkpointIsModifiedWithoutAFile() throws IOException {
        FileRun run = applier.model(project.file("model.safetensors"))
                .configuration(Keeping.of("encoder.weight"))
                .output(project.file("out"));
        assertEquals(List.of(), run.check());
        assertTrue(run.plan().isCommittable());
        Report report = run.run();
        assertEquals(
                new ModelRef("checkpoint", project.file("model.safetensors").toString()),
                report.plan().model());
        assertEquals(Project.tensors(project.file("model.safetensors")), Project.tensors(project.file("out")));
    }

    @Test
    void checkpointNeedsAPlaceForTheOutput() {
        assertEquals(
                "error[missing-key] graft.output: the section `graft` needs the key `output`",
                message(() -> applier.model(project.file("model.safetensors"))
                        .configuration(Keeping.of("encoder.weight"))
                        .run()));
    }

    @Test
    void missingCheckpointIsNamed() {
        Path nowhere = project.file("nowhere.safetensors");
        GraftException failure = assertThrows(
                GraftException.class,
                () -> applier.model(nowhere).configuration(Keeping.of("x")).plan());
        assertEquals("graft.model.checkpoint", failure.problems().get(0).path());
        assertEquals(Optional.empty(), failure.problems().get(0).at());
        assertEquals(
                "`" + nowhere + "`: no such file", failure.problems().get(0).message());
    }

    @Test
    void modelOfTheConfigurationIsNotReadWhereTheCallerNamesOne() throws IOException {
        Path config = project.config("graft { model.checkpoint = nowhere.pt, modifiers = [] }");
        Plan plan = applier.model(project.file("model.safetensors"))
                .configuration(config)
                .plan();
        assertEquals(
                List.of(
                        "no modifiers are listed, so nothing is changed",
                        "the section `model` is not read: the model that is modified comes from the caller"),
                plan.problems().stream().map(Problem::message).toList());
        assertEquals(4, plan.tensors().size());
    }

    @Test
    void aPartIsWritten() throws IOException {
        Path config = project.config(
                "graft { model.checkpoint = model.safetensors, modifiers = [], output { path = out, max-shard-size = 60B } }");
        FileRun run = applier.configuration(config);
        assertEquals(1, run.run(Part.parse("1/2")).outputs().size());
        assertEquals(4, run.run(Part.parse("2/2")).outputs().size());
    }

    @Test
    void systemPropertiesCountOnlyWhereTheyAreAskedFor() throws IOException {
        Path config = project.config("graft.modifiers = [ { type = keeping, tensors = [encoder.bias] } ]");
        System.setProperty("graft.modifiers.0.strict", "nonsense");
        try {
            assertTrue(applier.model(model).configuration(config).plan().isCommittable());
            GraftException failure = assertThrows(
                    GraftException.class,
                    () -> applier.model(model)
                            .configuration(config, ConfigOverrides.ofProcess(List.of()))
                            .plan());
            assertTrue(failure.getMessage().contains("nonsense"), failure.getMessage());
        } finally {
            System.clearProperty("graft.modifiers.0.strict");
        }
    }

    @Test
    void aModelInFilesOpensAsABlock() throws IOException {
        Path config = project.config("graft { model { block-factory = \"io.graft.djl.M43$Factory\", input-shapes = [[5,"
                + " 4]] }, modifiers = [ { type = adapting } ] }");
        try (ModifiedModel opened = applier.configuration(config).open()) {
            assertEquals(1, opened.adapters().size());
        }
        assertEquals(
                "error[malformed-value] graft.model.checkpoint: a `checkpoint` model cannot be run: it has tensors and no"
                        + " forward",
                message(() -> applier.model(project.file("model.safetensors"))
                        .configuration(Keeping.of("encoder.bias"))
                        .open()));
    }

    @Test
    void nullIsRefusedByName() {
        LiveRun live = applier.model(model).configuration(List.of());
        FileRun file = applier.configuration(ConfigFactory.empty());
        GivenModel<LiveRun> given = applier.model(block);
        Map<String, Executable> calls = new TreeMap<>();
        calls.put("loader", () -> ModelModifierApplier.create(null));
        calls.put("progress", () -> applier.watchedBy(null));
        calls.put("model", () -> applier.model((Model) null));
        calls.put("block", () -> applier.model((Block) null));
        calls.put("checkpoint", () -> applier.model((Path) null));
        calls.put("file", () -> applier.configuration((Path) null));
        calls.put("file ", () -> applier.configuration(null, ConfigOverrides.none()));
        calls.put("file  ", () -> given.configuration((Path) null));
        calls.put("overrides", () -> applier.configuration(root, null));
        calls.put("overrides ", () -> given.configuration(root, null));
        calls.put("config", () -> applier.configuration((Config) null));
        calls.put("config ", () -> given.configuration((Config) null));
        calls.put("modifiers", () -> given.configuration((ModelModifier[]) null));
        calls.put("modifiers ", () -> given.configuration((List<ModelModifier>) null));
        calls.put("modifiers[1]", () -> given.configuration(Keeping.of("x"), null));
        calls.put("modifiers[0]", () -> given.configuration(Arrays.asList((ModelModifier) null)));
        calls.put("folder", () -> live.output(null));
        calls.put("folder ", () -> file.output(null));
        calls.put("part", () -> file.run(null));
        calls.put("inputs", () -> file.forward(null));
        calls.forEach((name, call) -> assertEquals(
                "`" + name.strip() + "` is null",
                assertThrows(NullPointerException.class, call).getMessage()));
    }

    private static String message(Executable call) {
        return assertThrows(GraftException.class, call).getMessage();
    }
}
