package io.graft.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import io.graft.NamedTensor;
import io.graft.djl.forward.BlockModelException;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockModelTest {
    @Test
    void argumentsReachTheFactory() {
        try (BlockModel model = Models.open(Normalized.class, Map.of("units", 6), Shape.of(1, 8))) {
            assertEquals(
                    Shape.of(6, 8),
                    model.target().draft().find("0.weight").orElseThrow().shape());
        }
    }

    @Test
    void randomValuesRepeat() {
        Map<String, Models.Snapshot> first;
        try (BlockModel model = Models.m43()) {
            first = Models.snapshot(model.model().getBlock());
        }
        try (BlockModel model = Models.m43()) {
            assertEquals(first, Models.snapshot(model.model().getBlock()));
        }
    }

    @Test
    void inputsAreTakenByPositionOrByName() {
        try (BlockModel model = Models.m43()) {
            List<NamedTensor> byPosition = run(model, List.of(input("0", 1)));
            assertEquals(byPosition.get(0).name(), "0");
            assertEquals(bits(byPosition), bits(run(model, List.of(input("data0", 1)))));
            assertNotEquals(bits(byPosition), bits(run(model, List.of(input("0", 2)))));
        }
    }

    @Test
    void aRunGivesTheSameOnAnyThread() throws Exception {
        try (BlockModel model = Models.normalized()) {
            List<NamedTensor> inputs = Fixtures.list("m43/inputs.safetensors");
            FutureTask<List<NamedTensor>> task = new FutureTask<>(() -> run(model, inputs));
            Thread thread = new Thread(task, "not the engine's");
            thread.start();
            assertEquals(bits(run(model, inputs)), bits(task.get()));
        }
    }

    @Test
    void aRunClosesWhatItMakes() {
        try (BlockModel model = Models.normalized()) {
            int before = model.model().getNDManager().getManagedArrays().size();
            run(model, Fixtures.list("m43/inputs.safetensors"));
            assertEquals(before, model.model().getNDManager().getManagedArrays().size());
        }
    }

    @Test
    void halfPrecisionThatTheEngineLacksIsWidened() {
        NamedTensor bfloat16 = new NamedTensor("0", DType.BF16, Shape.of(5, 4), TensorData.of(ByteBuffer.allocate(40)));
        try (BlockModel model = Models.m43()) {
            assertEquals(bits(run(model, List.of(input("0", 0)))), bits(run(model, List.of(bfloat16))));
        }
    }

    @Test
    void inputsWithOtherNamesAreRefused() {
        try (BlockModel model = Models.m43()) {
            assertRefused(
                    "inputs",
                    "the inputs are named [x], the block takes [data0]",
                    "name them 0, 1, ... in this order, or as the block does",
                    () -> run(model, List.of(input("x", 1))));
            assertRefused(
                    "inputs",
                    "the inputs are named [0, 1], the block takes [data0]",
                    "name them 0, 1, ... in this order, or as the block does",
                    () -> run(model, List.of(input("0", 1), input("1", 1))));
        }
    }

    @Test
    void inputsThatTheBlockFailsOnAreRefused() {
        NamedTensor wide = new NamedTensor("0", DType.F32, Shape.of(2, 3), TensorData.of(ByteBuffer.allocate(24)));
        try (BlockModel model = Models.m43()) {
            assertRefused(
                    "inputs",
                    "the block fails on the inputs: EngineException: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x3)",
                    "check their shapes and dtypes against the block's `input-shapes`",
                    () -> run(model, List.of(wide)));
        }
    }

    @ParameterizedTest
    @CsvSource({"F64, Double", "I32, Int", "I16, Int"})
    void inputsOfAnotherDtypeAreToldAsTheEngineDoes(DType dtype, String inPyTorch) {
        ByteBuffer zeros = ByteBuffer.allocate(20 * dtype.bits() / Byte.SIZE);
        NamedTensor input = new NamedTensor("0", dtype, Shape.of(5, 4), TensorData.of(zeros));
        try (BlockModel model = Models.m43()) {
            assertRefused(
                    "inputs",
                    "the block fails on the inputs: EngineException: mat1 and mat2 must have the same dtype, but got "
                            + inPyTorch + " and Float",
                    "check their shapes and dtypes against the block's `input-shapes`",
                    () -> run(model, List.of(input)));
        }
    }

    @Test
    void inputsThatTheEngineCannotHoldAreRefused() {
        NamedTensor unsigned = new NamedTensor("0", DType.U64, Shape.of(1), TensorData.of(ByteBuffer.allocate(8)));
        try (BlockModel model = Models.m43()) {
            assertRefused(
                    "inputs",
                    "input `0` is of type U64, which the engine cannot hold",
                    "convert it to F32 or I64",
                    () -> run(model, List.of(unsigned)));
        }
    }

    @Test
    void aClassThatIsNotThereIsNamed() {
        assertRefused(
                "block-factory",
                "no class `com.acme.Nope` on the class path",
                "check the name (a nested class is written Outer$Inner), or add its jar to the extensions",
                () -> open("com.acme.Nope", Shape.of(1)));
    }

    @Test
    void aClassThatIsNoFactoryIsNamed() {
        assertRefused(
                "block-factory",
                "`java.lang.String` is not a block factory",
                "implement ai.djl.nn.BlockFactory in it, or name another class",
                () -> open("java.lang.String", Shape.of(1)));
    }

    @Test
    void aFactoryThatCannotBeInstantiatedIsNamed() {
        assertRefused(
                "block-factory",
                "`io.graft.djl.BlockModelTest$Hidden` cannot be instantiated: NoSuchMethodException:"
                        + " io.graft.djl.BlockModelTest$Hidden.<init>()",
                "give it a public constructor without parameters",
                () -> open(Hidden.class.getName(), Shape.of(1)));
    }

    @Test
    void aFactoryThatFailsIsQuoted() {
        assertRefused(
                "arguments",
                "`io.graft.djl.BlockModelTest$Failing` made no block: IOException: no argument `classes`",
                "check the arguments that it needs",
                () -> open(Failing.class.getName(), Shape.of(1)));
    }

    @Test
    void argumentsThatAFactoryRefusesAreToldEach() {
        BlockModelException refused =
                assertThrows(BlockModelException.class, () -> open(Refusing.class.getName(), Shape.of(1)));
        assertEquals(
                List.of("arguments.colour: no colour `blue`, take red", "arguments: it is too small, "),
                refused.problems().stream()
                        .map(each -> each.path() + ": " + each.message() + ", " + each.help())
                        .toList());
        assertEquals("no colour `blue`; take red", refused.getMessage());
    }

    @Test
    void aBlockWithASignatureTellsWhatItCanDoWithout() {
        try (BlockModel model = Models.open(Sum.Factory.class, Map.of(), Shape.of(5, 4))) {
            assertEquals(3f, first(run(model, List.of(input("0", 3)))));
            assertEquals(5f, first(run(model, List.of(input("0", 3), input("1", 2)))));
            List<NamedTensor> outputs = run(model, List.of(input("c", 4), input("a", 3)));
            assertEquals(7f, first(outputs));
            assertEquals("sum", outputs.get(0).name());
            assertRefused(
                    "inputs",
                    "the inputs are named [b], the block takes [a], and may take [b, c]",
                    "name them 0, 1, ... in this order, or as the block does",
                    () -> run(model, List.of(input("b", 1))));
        }
    }

    private static float first(List<NamedTensor> outputs) {
        return bits(outputs).order(ByteOrder.LITTLE_ENDIAN).getFloat(0);
    }

    @Test
    void inputShapesThatDoNotFitAreQuoted() {
        assertRefused(
                "input-shapes",
                "the block cannot be initialized with []: IllegalArgumentException: Linear block only support 1 input",
                "give one shape for each input, with the batch dimension: [[1, 3, 224, 224]]",
                () -> open(M43.Factory.class.getName()));
    }

    private static void open(String factory, Shape... inputs) {
        BlockSource source = new BlockSource(factory, Path.of("."), Map.of(), List.of(inputs));
        BlockModel.open(source, BlockModelTest.class.getClassLoader()).close();
    }

    private static void assertRefused(String key, String detail, String help, Runnable action) {
        BlockModelException refused = assertThrows(BlockModelException.class, action::run);
        assertEquals(ProblemCode.MALFORMED_VALUE, refused.code());
        assertEquals(key, refused.key());
        assertEquals(detail, refused.detail());
        assertEquals(help, refused.help());
        assertEquals(detail + "; " + help, refused.getMessage());
    }

    private static NamedTensor input(String name, float value) {
        ByteBuffer bytes = ByteBuffer.allocate(80).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            bytes.putFloat(value);
        }
        return new NamedTensor(name, DType.F32, Shape.of(5, 4), TensorData.of(bytes.flip()));
    }

    private static ByteBuffer bits(List<NamedTensor> outputs) {
        TensorData data = outputs.get(0).data();
        try {
            return data.window(0, (int) data.byteCount());
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** A factory that tells what is wrong with its arguments. */
    public static final class Refusing implements BlockFactory {
        private static final long serialVersionUID = 1L;

        @Override
        public Block newBlock(Model model, Path folder, Map<String, ?> arguments) {
            throw new BlockArgumentsException(List.of(
                    new Problem(
                            ProblemCode.MALFORMED_VALUE,
                            Severity.ERROR,
                            "colour",
                            Optional.empty(),
                            "no colour `blue`",
                            List.of(),
                            "take red"),
                    Problem.error(ProblemCode.MALFORMED_VALUE, "it is too small", "")));
        }
    }

    /** A factory whose constructor is its own. */
    public static final class Hidden implements BlockFactory {
        private static final long serialVersionUID = 1L;

        private Hidden() {}

        @Override
        public Block newBlock(Model model, Path folder, Map<String, ?> arguments) {
            return new M43();
        }
    }

    /** A factory that misses an argument. */
    public static final class Failing implements BlockFactory {
        private static final long serialVersionUID = 1L;

        @Override
        public Block newBlock(Model model, Path folder, Map<String, ?> arguments) throws IOException {
            throw new IOException("no argument `classes`");
        }
    }

    private static List<NamedTensor> run(BlockModel model, List<NamedTensor> inputs) {
        return model.target().forward().orElseThrow().run(inputs);
    }
}
