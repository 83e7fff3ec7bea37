package io.graft.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.graft.GraftException;
import io.graft.Report;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.djl.M43;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.report.ReportJson;
import io.graft.report.ReportText;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is told when values turn out to be faulty while a plan is carried out, on a live model and into files alike. */
class FaultyValuesTest {
    private static final String AS_BEFORE = "the model and the output are as they were";

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
                new TreeMap<>(Map.of("encoder.weight", Shape.of(3, 4), "decoder.bias", Shape.of(2))));
        applier = ModelModifierApplier.create(TestModifiers.extension(
                root.resolve("acme-faulty"), TestModifiers.Load.class, TestModifiers.Rename.class, Faulty.class));
        model = Model.newInstance("m43", "PyTorch");
        Block block = new M43.Factory().newBlock(model, root, Map.of());
        block.initialize(model.getNDManager(), DataType.FLOAT32, new ai.djl.ndarray.types.Shape(5, 4));
        model.setBlock(block);
    }

    @AfterEach
    void closeModel() {
        Faulty.accomplice = () -> {};
        model.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "stack-overflow | computed: StackOverflowError",
                "assertion      | computed: AssertionError: rank is 3",
                "short-window   | computed: IllegalStateException: 8 bytes were asked for, and 4 came",
                "long-window    | computed: IllegalStateException: 8 bytes were asked for, and 12 came",
                "wrong-dtype    | computed: IllegalStateException: F32 [2] takes 8 bytes, and 16 came",
            })
    void faultOfAnExtensionIsToldAsTheExtensions(String way, String why) throws IOException {
        Problem problem = failure("{ type = faulty, way = " + way + " }");
        assertEquals(ProblemCode.APPLY_FAILED, problem.code());
        assertEquals("the values of `decoder.bias` cannot be " + why, problem.message());
        assertEquals("graft.modifiers[1]", problem.path());
        assertEquals(3, problem.at().orElseThrow().line());
        assertEquals(
                List.of(
                        "modifier 2 of 2, `faulty` (test-classes)",
                        "modifier 1 of 2, `load` (test-classes)",
                        "from `x` of nowhere"),
                problem.notes());
        assertEquals("this is a fault in one of the modifiers that gave it its values; " + AS_BEFORE, problem.help());
    }

    @Test
    void faultOfTheOnlyModifierThatGaveValuesIsThatModifiers() throws IOException {
        project.sevens("encoder.safetensors", DType.F32, Map.of("encoder.weight", Shape.of(3, 4)));
        Problem problem = failure("encoder.safetensors", "{ type = faulty, way = assertion }");
        assertEquals("this is a fault in the modifier, which comes from test-classes; " + AS_BEFORE, problem.help());
    }

    @Test
    void memoryThatRunsOutIsToldWithTheTensor() throws IOException {
        Problem problem = failure("{ type = faulty, way = out-of-memory }");
        assertEquals(
                "the values of `decoder.bias` cannot be computed: OutOfMemoryError: Java heap space",
                problem.message());
        assertEquals("give the JVM more memory; " + AS_BEFORE, problem.help());
    }

    @Test
    void valuesThatCannotBeReadAreNoFaultOfAModifier() throws IOException {
        Problem problem = failure("{ type = faulty, way = unreadable }");
        assertEquals("the values of `decoder.bias` cannot be read: IOException: the disk is gone", problem.message());
        assertEquals(AS_BEFORE, problem.help());
    }

    /** Field reports, section 5: a NaN for an integer type met while committing. */
    @Test
    void nanForAnIntegerTypeNamesModifierTensorAndFile() throws IOException {
        write("model.safetensors", new OutputTensor("steps", DType.I32, Shape.of(2), () -> zeros(8)));
        ByteBuffer nan = ByteBuffer.allocate(8).putInt(0x0000c07f).putInt(0).flip();
        write("nan.safetensors", new OutputTensor("steps", DType.F32, Shape.of(2), () -> TensorData.of(nan)));
        GraftException failure = assertThrows(
                GraftException.class,
                () -> applier.configuration(config("nan.safetensors", "", true)).run());
        Problem problem = error(failure);
        assertEquals(
                "values-lost `steps`: the value NaN has no I32", problem.code().id() + " " + problem.message());
        assertEquals("graft.modifiers[0]", problem.path());
        assertEquals(
                List.of("modifier 1 of 1, `load` (test-classes)", "from `steps` of nan.safetensors"), problem.notes());
    }

    /** Field reports, section 5: a CRC error met while committing. */
    @Test
    void checksumErrorNamesModifierTensorAndFile() throws Exception {
        byte[] archive = Files.readAllBytes(
                Path.of(getClass().getResource("/fixtures/m43/full7.pt").toURI()));
        for (int i = archive.length - 4; ; i--) {
            if (ByteBuffer.wrap(archive).getInt(i) == 0x0000e040) {
                archive[i]++;
                break;
            }
        }
        Files.write(project.file("damaged.pt"), archive);
        Problem problem = failure("damaged.pt", "");
        assertEquals(ProblemCode.CHECKPOINT_MALFORMED, problem.code());
        assertEquals(
                "`damaged.pt`: 'full7/data/3' is damaged: its checksum is bb8b49bb, saved was 03372ede",
                problem.message());
        assertEquals("graft.modifiers[0]", problem.path());
        assertEquals(List.of("modifier 1 of 1, `load` (test-classes)", "tensor `decoder.bias`"), problem.notes());
    }

    @Test
    void tensorIsFoundUnderTheNameThatItHadBefore() throws IOException {
        Path config = config(
                "pretrained.safetensors",
                "{ type = faulty, way = assertion }\n{ type = rename, from = decoder.bias, to = head.bias }",
                true);
        Problem problem = error(assertThrows(
                GraftException.class, () -> applier.configuration(config).run()));
        assertEquals("the values of `head.bias` cannot be computed: AssertionError: rank is 3", problem.message());
        assertEquals("graft.modifiers[1]", problem.path());
    }

    /** 'As they were' must never be untrue. */
    @Test
    void rollBackThatFailsTellsWhichTensorsAreMixed() throws IOException {
        Faulty.accomplice = () -> model.getBlock()
                .getParameters()
                .get("01encoder_weight")
                .getArray()
                .close();
        GraftException failure = assertThrows(
                GraftException.class,
                () -> applier.model(model)
                        .configuration(config("pretrained.safetensors", "{ type = faulty, way = unreadable }", false))
                        .run());
        List<Problem> errors =
                failure.problems().stream().filter(Problem::isError).toList();
        assertEquals(2, errors.size());
        assertEquals(ProblemCode.ROLL_BACK_FAILED, errors.get(0).code());
        assertEquals(
                "the model could not be put back as it was, and `encoder.weight` may hold old and new values mixed:"
                        + " IllegalStateException: Native resource has been released already.",
                errors.get(0).message());
        assertEquals("load the model again before it is used", errors.get(0).help());
        assertEquals(
                "the values of `decoder.bias` cannot be read: IOException: the disk is gone",
                errors.get(1).message());
        assertEquals("", errors.get(1).help());
    }

    @Test
    void withoutUndoValuesAreMixedAndEveryForwardTellsWhy() throws IOException {
        GraftException failure = assertThrows(
                GraftException.class,
                () -> applier.model(model)
                        .configuration(config("pretrained.safetensors", "{ type = faulty, way = unreadable }", false))
                        .undo(false)
                        .run());
        List<Problem> errors =
                failure.problems().stream().filter(Problem::isError).toList();
        assertEquals(ProblemCode.ROLL_BACK_FAILED, errors.get(0).code());
        assertEquals(
                "the model could not be put back as it was, and `encoder.weight` may hold old and new values mixed:"
                        + " IOException: old values were not kept, as the run was asked to do without undo",
                errors.get(0).message());
        assertEquals(
                "the values of `decoder.bias` cannot be read: IOException: the disk is gone",
                errors.get(1).message());
        String mixed =
                "the model holds old and new values mixed in `encoder.weight`, because a run without undo failed:"
                        + " IOException: the disk is gone; load it again before it is used";
        try (NDManager scope = model.getNDManager().newSubManager()) {
            NDList input = new NDList(scope.ones(new ai.djl.ndarray.types.Shape(5, 4)));
            assertEquals(
                    mixed,
                    assertThrows(
                                    IllegalStateException.class,
                                    () -> model.getBlock().forward(new ParameterStore(scope, false), input, false))
                            .getMessage());
        }
        assertEquals(
                mixed,
                error(assertThrows(
                                GraftException.class,
                                () -> applier.model(model)
                                        .configuration(List.of())
                                        .run()))
                        .message());
    }

    @Test
    void withoutUndoAFailureBeforeTheFirstValueLeavesAllAsItWas() throws IOException {
        Map<String, String> bits = LiveModelTest.bits(model.getBlock());
        Problem problem = error(assertThrows(
                GraftException.class,
                () -> applier.model(model)
                        .configuration(project.config("graft.modifiers = [{ type = faulty, way = unreadable }]"))
                        .undo(false)
                        .run()));
        assertEquals("the values of `decoder.bias` cannot be read: IOException: the disk is gone", problem.message());
        assertEquals(AS_BEFORE, problem.help());
        assertEquals(bits, LiveModelTest.bits(model.getBlock()));
    }

    @Test
    void withoutUndoFilesComeFirst() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        Faulty.accomplice = () -> {
            if (asked.incrementAndGet() == 2) {
                throw new UncheckedIOException(new IOException("the disk is gone"));
            }
        };
        Map<String, String> bits = LiveModelTest.bits(model.getBlock());
        Problem problem = error(assertThrows(
                GraftException.class,
                () -> applier.model(model)
                        .configuration(project.config(
                                "graft { modifiers = [{ type = faulty, way = sound }], output.path = out }"))
                        .undo(false)
                        .run()));
        assertEquals(
                "the values of `decoder.bias` cannot be computed: UncheckedIOException: java.io.IOException: the disk is gone",
                problem.message());
        assertEquals(
                "this is a fault in the modifier, which comes from test-classes; the model is as it was; the output is"
                        + " written",
                problem.help());
        assertEquals(bits, LiveModelTest.bits(model.getBlock()));
        assertEquals(
                "F32 [2] 0000000000000000", Project.tensors(project.file("out")).get("decoder.bias"));
    }

    @Test
    void withoutUndoTheReportSaysSo() throws IOException {
        Report report = applier.model(model)
                .configuration(config("pretrained.safetensors", "", false))
                .undo(false)
                .run()
                .report();
        assertFalse(report.undo());
        assertTrue(
                ReportText.brief().of(report).endsWith("\nwithout undo: the old values of the model were not kept\n"));
        assertTrue(ReportJson.compact("apply", root).of(report).contains(",\"undo\":false}"));
    }

    @Test
    void aBlockOnItsOwnNeedsUndo() throws IOException {
        Problem problem = error(assertThrows(
                GraftException.class,
                () -> applier.model(model.getBlock())
                        .configuration(config("pretrained.safetensors", "", false))
                        .undo(false)
                        .run()));
        assertEquals(
                "a block on its own cannot be changed without undo, because nothing would keep others from computing with"
                        + " it should the run fail",
                problem.message());
        assertEquals("put it into a `Model` and modify that, or let undo be true", problem.help());
    }

    /** What is told of a live model and of files, which has to be the same; and nothing has changed. */
    private Problem failure(String entry) throws IOException {
        return failure("pretrained.safetensors", entry);
    }

    private Problem failure(String checkpoint, String entry) throws IOException {
        Map<String, String> bits = LiveModelTest.bits(model.getBlock());
        Problem live = error(assertThrows(
                GraftException.class,
                () -> applier.model(model)
                        .configuration(config(checkpoint, entry, false))
                        .run()));
        assertEquals(bits, LiveModelTest.bits(model.getBlock()));
        Path config = config(checkpoint, entry, true);
        Map<String, String> files = project.files();
        Problem written = error(assertThrows(
                GraftException.class, () -> applier.configuration(config).run()));
        assertEquals(files, project.files());
        assertEquals(live.message(), written.message());
        assertEquals(live.notes(), written.notes());
        assertEquals(live.help(), written.help());
        return live;
    }

    private Path config(String checkpoint, String entry, boolean files) throws IOException {
        return project.config("graft.modifiers = [\n{ type = load, checkpoint-path = \"" + checkpoint + "\" }\n"
                + entry + "\n]\n"
                + (files ? "graft.model.checkpoint = \"model.safetensors\"\ngraft.output.path = out\n" : ""));
    }

    private void write(String name, OutputTensor tensor) throws IOException {
        Path staging = Files.createDirectory(project.file("staging"));
        new SafetensorsWriter(staging, "model", SafetensorsWriter.UNLIMITED, Map.of()).write(List.of(tensor));
        Files.deleteIfExists(project.file(name));
        Files.move(staging.resolve("model.safetensors"), project.file(name));
        Files.delete(staging);
    }

    private static TensorData zeros(int bytes) {
        return TensorData.of(ByteBuffer.allocate(bytes));
    }

    private static Problem error(GraftException failure) {
        return failure.problems().stream().filter(Problem::isError).findFirst().orElseThrow();
    }
}
