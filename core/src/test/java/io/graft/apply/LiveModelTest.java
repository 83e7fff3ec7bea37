package io.graft.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.graft.GraftException;
import io.graft.ModelRef;
import io.graft.Plan;
import io.graft.Report;
import io.graft.djl.M43;
import io.graft.djl.ModifiedModel;
import io.graft.model.DraftTensor;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.report.ReportJson;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class LiveModelTest {
    private static final String SEVENS_OF_THE_BIAS = "0000e0400000e0400000e040";
    private static final String TRANSFER_AND_FREEZE = """
            { type = load, checkpoint-path = "pretrained.safetensors" }
            { type = freeze, modules = [encoder] }
            """;

    @TempDir
    Path root;

    private Project project;
    private ModelModifierApplier applier;
    private Model model;

    @BeforeEach
    void makeModel() throws IOException {
        project = Project.in(root.resolve("project"));
        project.sevens(
                "pretrained.safetensors",
                DType.F32,
                new TreeMap<>(Map.of("encoder.weight", Shape.of(3, 4), "encoder.bias", Shape.of(3))));
        applier = ModelModifierApplier.create(TestModifiers.extension(root.resolve("extension")));
        model = Model.newInstance("m43", "PyTorch");
        Block block = new M43.Factory().newBlock(model, root, Map.of());
        block.initialize(model.getNDManager(), DataType.FLOAT32, new ai.djl.ndarray.types.Shape(5, 4));
        model.setBlock(block);
    }

    @AfterEach
    void closeModel() {
        model.close();
    }

    @Test
    void modelIsChangedAsTheFileSays() throws IOException {
        Map<String, String> before = bits(model.getBlock());
        Report report = applier.model(model)
                .configuration(project.config(modifiers(TRANSFER_AND_FREEZE)))
                .run()
                .report();
        Map<String, String> after = bits(model.getBlock());
        assertTrue(report.committed());
        assertEquals(List.of(), report.outputs());
        assertEquals(new ModelRef("block", "io.graft.djl.M43"), report.plan().model());
        assertEquals("frozen " + SEVENS_OF_THE_BIAS, after.get("01encoder_bias"));
        assertEquals(before.get("02decoder_weight"), after.get("02decoder_weight"));
    }

    @Test
    void blockIsChangedAsAConfigSays() throws IOException {
        Config config = ConfigFactory.parseString(
                modifiers("{ type = load, checkpoint-path = \"" + project.file("pretrained.safetensors") + "\" }"));
        Report report =
                applier.model(model.getBlock()).configuration(config).run().report();
        assertTrue(report.plan().hasChanges());
        assertEquals("trained " + SEVENS_OF_THE_BIAS, bits(model.getBlock()).get("01encoder_bias"));
    }

    @Test
    void aModelThatWasClosedIsToldSo() throws IOException {
        Path config = project.config(modifiers(TRANSFER_AND_FREEZE));
        Block block = model.getBlock();
        model.close();
        GraftException ofModel = assertThrows(
                GraftException.class,
                () -> applier.model(model).configuration(config).run());
        assertEquals("model `m43` is closed: modify it before it is closed, or load it again", firstError(ofModel));
        GraftException ofBlock = assertThrows(
                GraftException.class,
                () -> applier.model(block).configuration(config).run());
        assertEquals(
                "`encoder.weight` was closed, with the model or the manager that made it: open the model again before it is"
                        + " modified",
                firstError(ofBlock));
    }

    /** DJL still tells the types of arrays that it was asked for before. */
    @Test
    void aModelThatIsClosedBetweenPlanAndRunIsToldSo() throws IOException {
        Block block = model.getBlock();
        LiveRun ofModel = applier.model(model).configuration(project.config(modifiers(TRANSFER_AND_FREEZE)));
        LiveRun ofBlock = applier.model(block).configuration(project.config(modifiers(TRANSFER_AND_FREEZE)));
        ofModel.plan();
        ofBlock.plan();
        model.close();
        Map<String, String> files = project.files();
        for (Executable use : List.<Executable>of(ofModel::plan, ofModel::run)) {
            assertEquals(
                    "model `m43` is closed: modify it before it is closed, or load it again",
                    firstError(assertThrows(GraftException.class, use)));
        }
        for (Executable use : List.<Executable>of(ofBlock::plan, ofBlock::run)) {
            assertEquals(
                    "`encoder.weight` was closed, with the model or the manager that made it: open the model again before it"
                            + " is modified",
                    firstError(assertThrows(GraftException.class, use)));
        }
        assertEquals(files, project.files());
    }

    @Test
    void planLeavesTheModelAlone() throws IOException {
        Map<String, String> before = bits(model.getBlock());
        Path config = project.config(modifiers(TRANSFER_AND_FREEZE));
        Plan plan = applier.model(model).configuration(config).plan();
        assertEquals(before, bits(model.getBlock()));
        assertEquals(
                ReportJson.compact("x", root).of(plan),
                ReportJson.compact("x", root)
                        .of(applier.model(model.getBlock())
                                .configuration(config)
                                .plan()));
        assertEquals(
                plan.modifiers(),
                applier.model(model).configuration(config).run().report().plan().modifiers());
    }

    @Test
    void outputHoldsTheStateDictAsItWillBe() throws IOException {
        applier.model(model)
                .configuration(project.config(modifiers(TRANSFER_AND_FREEZE) + "graft.output.path = out"))
                .run();
        Map<String, String> written = Project.tensors(project.file("out"));
        assertEquals("F32 [3] " + SEVENS_OF_THE_BIAS, written.get("encoder.bias"));
        String decoder = bits(model.getBlock()).get("02decoder_bias");
        assertEquals("F32 [2] " + decoder.substring("trained ".length()), written.get("decoder.bias"));
    }

    @Test
    void failingLastModifierLeavesTheModelBitForBit() throws IOException {
        Map<String, String> before = bits(model.getBlock());
        Path config = project.config(modifiers(TRANSFER_AND_FREEZE + "{ type = fail }"));
        GraftException failure = assertThrows(
                GraftException.class,
                () -> applier.model(model).configuration(config).run());
        assertEquals("modifier 3 of 3, `fail`, failed: IllegalStateException: boom", firstError(failure));
        assertEquals(before, bits(model.getBlock()));
    }

    @Test
    void somethingInTheWayOfTheOutputLeavesModelAndFilesAsTheyWere() throws IOException {
        Files.createDirectories(project.file("out/graft-manifest.json/in-the-way"));
        Path config = project.config(modifiers(TRANSFER_AND_FREEZE) + "graft.output { path = out, overwrite = true }");
        Map<String, String> before = bits(model.getBlock());
        Map<String, String> files = project.files();
        GraftException failure = assertThrows(
                GraftException.class,
                () -> applier.model(model).configuration(config).run());
        assertEquals(ProblemCode.OUTPUT_EXISTS, failure.problems().get(0).code());
        assertEquals(
                "`" + project.file("out/graft-manifest.json")
                        + "` is in the way, and no manifest beside it says that Graft wrote it as it is now",
                failure.problems().get(0).message());
        assertEquals(before, bits(model.getBlock()));
        assertEquals(files, project.files());
    }

    @Test
    void changesThatABlockCannotTakeAreRefusedBeforeAnythingIsDone() throws IOException {
        Map<String, String> before = bits(model.getBlock());
        Path config = project.config(
                modifiers(TRANSFER_AND_FREEZE + "{ type = rename, from = decoder.bias, to = decoder.b }"));
        GraftException failure = assertThrows(
                GraftException.class,
                () -> applier.model(model).configuration(config).run());
        assertEquals(
                List.of(ProblemCode.UNSUPPORTED_CHANGE),
                failure.problems().stream().map(Problem::code).toList());
        assertEquals(before, bits(model.getBlock()));
    }

    @Test
    void existingOutputIsRefusedWhereItWouldBeWritten() throws IOException {
        Files.createDirectory(project.file("out"));
        Path config = project.config(modifiers(TRANSFER_AND_FREEZE) + "graft.output.path = out");
        assertTrue(applier.model(model).configuration(config).plan().isCommittable());
        Map<String, String> before = bits(model.getBlock());
        GraftException failure = assertThrows(
                GraftException.class,
                () -> applier.model(model).configuration(config).run());
        assertEquals("the output folder `" + project.file("out") + "` exists", firstError(failure));
        assertEquals(before, bits(model.getBlock()));
    }

    @Test
    void modelSectionIsNotRead() throws IOException {
        Report report = applier.model(model)
                .configuration(
                        project.config(modifiers(TRANSFER_AND_FREEZE) + "graft.model.checkpoint = nowhere.safetensors"))
                .run()
                .report();
        assertEquals(
                List.of("the section `model` is not read: the model that is modified comes from the caller"),
                report.plan().problems().stream().map(Problem::message).toList());
    }

    @Test
    void modelWithoutABlockIsRefused() throws IOException {
        Path config = project.config(modifiers(TRANSFER_AND_FREEZE));
        try (Model empty = Model.newInstance("empty", "PyTorch")) {
            GraftException failure = assertThrows(
                    GraftException.class,
                    () -> applier.model(empty).configuration(config).run());
            assertEquals("model `empty` has no block: set or load one before it is modified", firstError(failure));
        }
    }

    @Test
    void blockWithoutValuesIsRefused() throws IOException {
        Path config = project.config(modifiers(TRANSFER_AND_FREEZE));
        GraftException failure = assertThrows(
                GraftException.class,
                () -> applier.model(new M43()).configuration(config).plan());
        assertEquals(ProblemCode.UNSUPPORTED_CHANGE, failure.problems().get(0).code());
    }

    @Test
    void blockOfAFactoryIsWritten() throws IOException {
        Report report = applier.configuration(
                        project.config(factory() + modifiers(TRANSFER_AND_FREEZE) + "graft.output.path = out"))
                .run();
        assertEquals(new ModelRef("block", "io.graft.djl.M43"), report.plan().model());
        assertEquals(
                "F32 [3] " + SEVENS_OF_THE_BIAS,
                Project.tensors(project.file("out")).get("encoder.bias"));
    }

    @Test
    void blockOfAFactoryIsModifiedInMemory() throws IOException {
        Path config = project.config(factory() + modifiers(TRANSFER_AND_FREEZE) + "graft.output.path = out");
        try (ModifiedModel modified = applier.configuration(config).open()) {
            assertEquals("frozen " + SEVENS_OF_THE_BIAS, bits(modified.block()).get("01encoder_bias"));
        }
        assertFalse(Files.exists(project.file("out")));
    }

    @Test
    void factoryThatIsMissingIsAProblemOfItsKey() throws IOException {
        Path config = project.config("graft.model {\n  block-factory = com.acme.Nowhere\n}\n" + modifiers(""));
        GraftException failure = assertThrows(
                GraftException.class, () -> applier.configuration(config).plan());
        Problem problem =
                failure.problems().stream().filter(Problem::isError).findFirst().orElseThrow();
        assertEquals("graft.model.block-factory", problem.path());
        assertEquals(2, problem.at().orElseThrow().line());
        assertEquals("no class `com.acme.Nowhere` on the class path", problem.message());
    }

    @Test
    void unresolvedConfigIsAProblem() {
        Config config = ConfigFactory.parseString("graft.modifiers = ${nowhere}");
        GraftException failure = assertThrows(
                GraftException.class,
                () -> applier.model(model.getBlock()).configuration(config).run());
        assertEquals(
                ProblemCode.UNRESOLVED_SUBSTITUTION, failure.problems().get(0).code());
        assertTrue(firstError(failure).startsWith("the configuration cannot be resolved: "), firstError(failure));
    }

    @Test
    void namesOfTheBlockAreThoseOfTheStateDict() throws IOException {
        assertEquals(
                List.of("encoder.weight", "encoder.bias", "decoder.weight", "decoder.bias"),
                applier.model(model).configuration(project.config(modifiers(""))).plan().tensors().stream()
                        .map(DraftTensor::name)
                        .toList());
    }

    private static String factory() {
        return "graft.model { block-factory = \"io.graft.djl.M43$Factory\", input-shapes = [[5, 4]] }\n";
    }

    private static String modifiers(String entries) {
        return "graft.modifiers = [\n" + entries + "]\n";
    }

    static Map<String, String> bits(Block block) {
        Map<String, String> bits = new TreeMap<>();
        for (Pair<String, Parameter> pair : block.getParameters()) {
            Parameter parameter = pair.getValue();
            bits.put(
                    pair.getKey(),
                    (parameter.requiresGradient() ? "trained " : "frozen ")
                            + HexFormat.of().formatHex(parameter.getArray().toByteArray()));
        }
        return bits;
    }

    private static String firstError(GraftException failure) {
        return failure.problems().stream()
                .filter(Problem::isError)
                .findFirst()
                .orElseThrow()
                .message();
    }
}
