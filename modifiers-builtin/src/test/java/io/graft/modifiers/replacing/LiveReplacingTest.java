package io.graft.modifiers.replacing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import com.typesafe.config.ConfigFactory;
import io.graft.GraftException;
import io.graft.apply.ModelModifierApplier;
import io.graft.model.DraftTensor;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.testkit.ModelFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replacing on a live model, from a configuration. */
class LiveReplacingTest {
    private static final Shape INPUT = new Shape(2, 4);

    private Model model;

    /** Two layers of as many units as it is told. */
    public static final class Heads implements BlockFactory {
        private static final long serialVersionUID = 1L;

        @Override
        public Block newBlock(Model model, Path folder, Map<String, ?> arguments) {
            return new SequentialBlock()
                    .add(Linear.builder().setUnits(6).build())
                    .add(Activation::relu)
                    .add(Linear.builder()
                            .setUnits((Integer) arguments.get("classes"))
                            .build());
        }
    }

    @BeforeEach
    void open() {
        model = Model.newInstance("net", "PyTorch");
        model.setBlock(new SequentialBlock()
                .add(Linear.builder().setUnits(3).build())
                .add(Linear.builder().setUnits(2).build()));
        model.getBlock().initialize(model.getNDManager(), DataType.FLOAT32, INPUT);
    }

    @AfterEach
    void close() {
        model.close();
    }

    private void run(String modifiers) {
        ModelModifierApplier.create()
                .model(model)
                .configuration(ConfigFactory.parseString("graft.modifiers = [" + modifiers + "]"))
                .run();
    }

    private static String head(String more) {
        return "{ type = replace-module, module = \"1\", block-factory = \"" + Heads.class.getName()
                + "\", arguments { classes = 5 }, input-shapes = [[1, 3]]" + more + " }";
    }

    private long[] outputs() {
        try (NDManager scope = model.getNDManager().newSubManager()) {
            return model.getBlock()
                    .forward(new ParameterStore(scope, false), new NDList(scope.ones(INPUT)), false)
                    .singletonOrThrow()
                    .getShape()
                    .getShape();
        }
    }

    @Test
    void aFactorysModuleIsPutInAndFrozenByItsNames() {
        run(head("") + ", { type = freezing, submodules-to-freeze = [\"0\", \"1.0\"] }");
        assertArrayEquals(new long[] {2, 5}, outputs());
        assertEquals(
                List.of(false, false, false, false, true, true),
                model.getBlock().getParameters().values().stream()
                        .map(parameter -> parameter.requiresGradient())
                        .toList());
    }

    @Test
    void aLastModifierThatFailsLeavesTheVeryBlocks() {
        Block old = model.getBlock().getChildren().valueAt(1);
        GraftException failure = assertThrows(
                GraftException.class, () -> run(head("") + ", { type = freezing, submodules-to-freeze = [nope] }"));
        assertEquals(ProblemCode.UNMATCHED_SELECTOR, failure.problems().get(0).code());
        assertSame(old, model.getBlock().getChildren().valueAt(1));
        assertArrayEquals(new long[] {2, 2}, outputs());
    }

    @Test
    void aFactoryThatIsNotThereIsTold() {
        Problem problem = assertThrows(
                        GraftException.class,
                        () -> run(
                                "{ type = replace-module, module = \"1\", block-factory = com.acme.Nope, input-shapes = [[1, 3]] }"))
                .problems()
                .get(0);
        assertEquals("no class `com.acme.Nope` on the class path", problem.message());
        assertEquals("graft.modifiers[0].block-factory", problem.path());
    }

    @Test
    void aNewChildIsAddedAtTheEnd() {
        run("{ type = replace-module, module = \"2\", add = true, block-factory = \"" + Heads.class.getName()
                + "\", arguments { classes = 7 }, input-shapes = [[1, 2]] }");
        assertArrayEquals(new long[] {2, 7}, outputs());
    }

    @Test
    void aFileGetsTheSameValuesAsALiveModel(@TempDir Path folder) throws IOException {
        Path file =
                ModelFixture.empty().linear("0", 4, 3, 1).linear("1", 3, 2, 1).save(folder, "net");
        Path config = Files.writeString(
                folder.resolve("x.conf"),
                "graft { model.checkpoint = \"" + file.getFileName() + "\", output.path = out, modifiers = ["
                        + head(", seed = 3") + "] }");
        ModelModifierApplier.create().configuration(config).run();
        ModelFixture written = ModelFixture.read(folder.resolve("out"));
        run(head(", seed = 3"));
        Block made = model.getBlock().getChildren().valueAt(1);
        float[] live = made.getParameters().valueAt(0).getArray().toFloatArray();
        List<Double> stored = written.values("1.0.weight");
        assertEquals(live.length, stored.size());
        for (int i = 0; i < live.length; i++) {
            assertEquals(live[i], stored.get(i).floatValue());
        }
        assertEquals(
                Set.of("0.weight", "0.bias", "1.0.weight", "1.0.bias", "1.2.weight", "1.2.bias"),
                written.draft().tensors().stream().map(DraftTensor::name).collect(Collectors.toSet()));
    }
}
