package io.graft.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import io.graft.GraftException;
import io.graft.NamedTensor;
import io.graft.checkpoint.Checkpoint;
import io.graft.djl.Adapting;
import io.graft.model.DraftTensor;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.torchscript.Archives;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that are closed meanwhile, runs that are interrupted, and inputs of other dtypes: told, and nothing is changed. */
class UnusableProgramTest {
    private static final String LOAD = "{ type = load, checkpoint-path = full7.pt }";

    @TempDir
    Path root;

    private Project project;
    private ModelModifierApplier applier;

    @BeforeEach
    void anExtension() throws IOException {
        project = Project.in(root.resolve("project"));
        applier = ModelModifierApplier.create(TestModifiers.extension(
                root.resolve("extension"),
                TestModifiers.Load.class,
                TestModifiers.Fail.class,
                Adapting.Provider.class));
        Files.copy(Archives.path("m43/scripted"), project.file("net.pt"));
        Files.copy(Archives.path("m43/full7"), project.file("full7.pt"));
    }

    private Model model() throws Exception {
        Model model = Model.newInstance("net", "PyTorch");
        model.load(project.folder(), "net.pt", Map.of("trainParam", "true"));
        return model;
    }

    private static Map<String, String> state(Model model) {
        Map<String, String> state = new TreeMap<>();
        model.getBlock()
                .getParameters()
                .forEach(pair -> state.put(
                        pair.getKey(),
                        Arrays.toString(pair.getValue().getArray().toFloatArray())
                                + pair.getValue().requiresGradient()));
        return state;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aModelThatIsClosedMeanwhileIsTold(boolean byFile) throws Exception {
        Model model = model();
        Path config = project.config("graft.modifiers = [ " + LOAD + ", { type = adapting } ]");
        GivenModel<LiveRun> given = byFile ? applier.model(model, project.file("net.pt")) : applier.model(model);
        LiveRun run = given.configuration(config);
        model.close();
        Map<String, String> files = project.files();
        GraftException refused = assertThrows(GraftException.class, run::run);
        assertEquals(files, project.files());
        assertEquals(
                "model `net` is closed: modify it before it is closed, or load it again",
                refused.problems().get(0).message());
    }

    /** Before it begins, and while values are computed, for what is done in place and for what is loaded anew. */
    @ParameterizedTest
    @CsvSource({"''", "', { type = adapting }'"})
    void anInterruptedRunLeavesTheProgramAsItWas(String more) throws Exception {
        try (Model model = model()) {
            Map<String, String> before = state(model);
            Path config = project.config("graft.modifiers = [ " + LOAD + more + " ]");
            LiveRun run = applier.model(model, project.file("net.pt")).configuration(config);
            Thread.currentThread().interrupt();
            GraftException refused = assertThrows(GraftException.class, run::run);
            assertTrue(Thread.interrupted());
            assertEquals(
                    project.file("net.pt") + ": the file cannot be read (interrupted)",
                    refused.problems().get(0).message());
            assertEquals(before, state(model));
            run.run();
            assertEquals(
                    7,
                    model.getBlock()
                            .getParameters()
                            .get("decoder.bias")
                            .getArray()
                            .toFloatArray()[0]);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "F64 | mat1 and mat2 must have the same dtype, but got Double and Float",
                "I32 | mat1 and mat2 must have the same dtype, but got Int and Float",
                "I16 | mat1 and mat2 must have the same dtype, but got Int and Float"
            })
    void anInputOfAnotherDtypeIsToldAsTheEngineDoes(DType dtype, String told) throws Exception {
        Path config = project.config("graft.model.torchscript = net.pt\ngraft.modifiers = []");
        RuntimeException refused = assertThrows(
                RuntimeException.class, () -> applier.configuration(config).forward(List.of(zeros(dtype))));
        assertEquals(
                "the program fails on the inputs: " + told + "; check their shapes and dtypes", refused.getMessage());
        // Numbers that the engine dies of are given to it as others.
        assertEquals(
                DType.F32,
                applier.configuration(config)
                        .forward(List.of(zeros(DType.BF16)))
                        .get(0)
                        .dtype());
    }

    private static NamedTensor zeros(DType dtype) {
        return new NamedTensor(
                "0", dtype, Shape.of(5, 4), TensorData.of(ByteBuffer.allocate(20 * dtype.bits() / Byte.SIZE)));
    }

    /** DJL cannot hold such arrays; the program runs, and is changed, all the same. */
    @Test
    void aProgramOfBfloat16IsModified() throws Exception {
        Archives.write(
                Archives.open("m43/scripted"),
                Files.createDirectory(root.resolve("cast")),
                draft -> draft.tensors().stream()
                        .map(DraftTensor::name)
                        .toList()
                        .forEach(name -> draft.cast(name, DType.BF16)));
        Files.copy(root.resolve("cast/model.pt"), project.file("bf16.pt"));
        Path config = project.config("graft.model.torchscript = bf16.pt\ngraft.modifiers = []");
        RuntimeException refused = assertThrows(
                RuntimeException.class, () -> applier.configuration(config).forward(List.of(zeros(DType.F32))));
        assertEquals(
                "the program fails on the inputs: mat1 and mat2 must have the same dtype, but got Float and BFloat16;"
                        + " check their shapes and dtypes",
                refused.getMessage());
        try (Model model = Model.newInstance("net", "PyTorch")) {
            model.load(project.folder(), "bf16.pt", Map.of("trainParam", "true"));
            applier.model(model, project.file("bf16.pt"))
                    .configuration(project.config("graft.modifiers = [ " + LOAD + " ]\ngraft.output.path = out"))
                    .run();
            NDArray bias = model.getBlock().getParameters().get("decoder.bias").getArray();
            assertEquals(7, bias.toType(DataType.FLOAT32, true).toFloatArray()[0]);
            assertEquals(
                    DType.BF16,
                    Checkpoint.open(project.file("out"))
                            .stored()
                            .get("decoder.bias")
                            .dtype());
        }
    }
}
