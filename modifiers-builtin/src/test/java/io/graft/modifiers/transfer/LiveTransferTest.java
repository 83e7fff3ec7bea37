package io.graft.modifiers.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Model;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import com.typesafe.config.ConfigFactory;
import io.graft.GraftException;
import io.graft.Report;
import io.graft.apply.ModelModifierApplier;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values that come into a live block: from files, by scope and by the names of columns, and from other parts of it. */
class LiveTransferTest {
    @TempDir
    Path folder;

    private Model model;

    /** Two layers of a processor, a norm, and two decoders of the same size. */
    @BeforeEach
    void open() {
        model = Model.newInstance("net", "PyTorch");
        model.setBlock(new SequentialBlock()
                .add(Linear.builder().setUnits(2).build())
                .add(BatchNorm.builder().build())
                .add(Linear.builder().setUnits(2).build())
                .add(Linear.builder().setUnits(2).build()));
        model.getBlock().initialize(model.getNDManager(), DataType.FLOAT32, new ai.djl.ndarray.types.Shape(5, 2));
    }

    @AfterEach
    void close() {
        model.close();
    }

    private Report run(String... modifiers) {
        return ModelModifierApplier.create()
                .model(model)
                .configuration(ConfigFactory.parseString("graft.modifiers = [" + String.join(",", modifiers) + "]"))
                .run()
                .report();
    }

    private float[] values(int child, String parameter) {
        Parameter found = model.getBlock()
                .getChildren()
                .valueAt(child)
                .getDirectParameters()
                .get(parameter);
        return found.getArray().toFloatArray();
    }

    private String transfer(ModelFixture source, String stem, String more) {
        return "{ type = transfer-learning, checkpoint-path = \"" + source.save(folder, stem) + "\"" + more + " }";
    }

    @Test
    void theProcessorComesFromOneFileAndTheDecoderFromAnother() {
        ModelFixture first = ModelFixture.empty()
                .with("0.weight", Shape.of(2, 2), 1, 2, 3, 4)
                .with("2.weight", Shape.of(2, 2), 9, 9, 9, 9);
        ModelFixture second = ModelFixture.empty().with("net.2.weight", Shape.of(2, 2), 5, 6, 7, 8);
        String a = transfer(first, "a", ", \"include\" = [\"0\"]");
        String b = transfer(second, "b", ", \"include\" = [\"2\"]");
        run(a, b);
        assertArrayEquals(new float[] {1, 2, 3, 4}, values(0, "weight"));
        assertArrayEquals(new float[] {5, 6, 7, 8}, values(2, "weight"));
        GraftException overlap = assertThrows(GraftException.class, () -> run(transfer(first, "all", ""), b));
        assertEquals(
                "this would fill again 1 tensor that an earlier modifier gave values: `2.weight`",
                overlap.problems().get(overlap.problems().size() - 1).message());
        assertArrayEquals(new float[] {5, 6, 7, 8}, values(2, "weight"));
    }

    @Test
    void aCounterOfBatchesIsNoObstacle() {
        Report report = run(transfer(
                ModelFixture.empty()
                        .with("bn.weight", Shape.of(2), 1, 2)
                        .with("bn.bias", Shape.of(2), 3, 4)
                        .with("bn.running_mean", Shape.of(2), 5, 6)
                        .with("bn.running_var", Shape.of(2), 7, 8)
                        .with("bn.num_batches_tracked", DType.I64, Shape.of(), 9),
                "bn",
                ", strict = true, \"include\" = [\"1\"], rename = [{ from = bn, to = \"1\" }]"));
        assertArrayEquals(new float[] {5, 6}, values(1, "runningMean"));
        assertArrayEquals(new float[] {7, 8}, values(1, "runningVar"));
        assertEquals(
                List.of("the model's layer does not count batches"),
                report.plan().modifiers().get(0).skipped().stream()
                        .map(skipped -> skipped.detail())
                        .toList());
    }

    @Test
    void manyStartFromOneAndOneFromOneOfMany() {
        ModelFixture decoders = ModelFixture.empty()
                .with("global.weight", Shape.of(2, 2), 1, 2, 3, 4)
                .with("lam.weight", Shape.of(2, 2), 5, 6, 7, 8);
        run(
                transfer(decoders, "many", ", rename = [{ from = lam, to = \"2\" }]"),
                "{ type = initialize, tensors = [\"3\"], from = \"2\" }");
        assertArrayEquals(new float[] {5, 6, 7, 8}, values(2, "weight"));
        assertArrayEquals(new float[] {5, 6, 7, 8}, values(3, "weight"));
        assertArrayEquals(values(2, "bias"), values(3, "bias"));
        run("{ type = initialize, tensors = [\"3.weight\"], initial = \"normal(0.02)\", seed = 4 }");
        float[] drawn = values(3, "weight");
        run("{ type = initialize, tensors = [\"3.weight\"], initial = zeros }");
        assertArrayEquals(new float[4], values(3, "weight"));
        run("{ type = initialize, tensors = [\"3.weight\"], initial = \"normal(0.02)\", seed = 4 }");
        assertArrayEquals(drawn, values(3, "weight"));
        assertArrayEquals(new float[] {5, 6, 7, 8}, values(2, "weight"));
    }

    @Test
    void anExchangeOfTwoPartsReadsBothBeforeItWrites() {
        run(transfer(
                ModelFixture.empty()
                        .with("2.weight", Shape.of(2, 2), 1, 2, 3, 4)
                        .with("3.weight", Shape.of(2, 2), 5, 6, 7, 8),
                "both",
                ""));
        run(
                "{ type = initialize, tensors = [\"2.weight\"], from = \"3\" }",
                "{ type = initialize, tensors = [\"3.bias\"], from = \"2.bias\" }");
        assertArrayEquals(new float[] {5, 6, 7, 8}, values(2, "weight"));
        assertArrayEquals(new float[] {5, 6, 7, 8}, values(3, "weight"));
    }

    @Test
    void d12AndD16ColumnsAndRowsAreCopiedByName() {
        run("{ type = initialize, tensors = [\"0\", \"2\"], initial = zeros }");
        run(transfer(
                ModelFixture.empty()
                        .with("0.weight", Shape.of(2, 3), 1, 2, 3, 4, 5, 6)
                        .with("2.weight", Shape.of(2, 2), 1, 2, 3, 4),
                "columns",
                """
                , align = [
                  { tensor = "0.weight", dimension = 1, source = [a, b, c], model = [a, c] }
                  { tensor = "2.weight", source = [t6, t12], model = [t12, t18] }
                ]"""));
        assertArrayEquals(new float[] {1, 3, 4, 6}, values(0, "weight"));
        assertArrayEquals(new float[] {3, 4, 0, 0}, values(2, "weight"));
    }

    @Test
    void d14AnotherOrderIsPermutedByName() {
        run(transfer(
                ModelFixture.empty().with("0.weight", Shape.of(2, 2), 1, 2, 3, 4),
                "order",
                ", align = [{ tensor = \"0.weight\", dimension = 1, source = [b, a], model = [a, b] }]"));
        assertArrayEquals(new float[] {2, 1, 4, 3}, values(0, "weight"));
    }
}
