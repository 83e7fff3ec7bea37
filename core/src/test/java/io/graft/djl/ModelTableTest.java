package io.graft.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import io.graft.Report;
import io.graft.djl.run.PyTorchEngine;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.report.ModelTable;
import io.graft.report.ModelTable.Row;
import io.graft.report.ModelTable.Trained;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelTableTest {
    private static Model model() {
        Model model = Model.newInstance("net", PyTorchEngine.start().getEngineName());
        Block block = new SequentialBlock()
                .add(new SequentialBlock()
                        .add(Linear.builder().setUnits(3).build())
                        .add(BatchNorm.builder().build())
                        .add(Dropout.builder().build()))
                .add(Linear.builder().setUnits(1000).build())
                .add(Linear.builder().setUnits(2).build());
        block.initialize(model.getNDManager(), DataType.FLOAT32, new Shape(5, 4));
        model.setBlock(block);
        return model;
    }

    @Test
    void aModelAsItIsAfterARun() throws IOException {
        try (Model model = model()) {
            BlockTarget target = BlockTarget.of(model);
            ModelDraft draft = target.draft();
            List.copyOf(draft.tensors()).stream()
                    .filter(DraftTensor::trainable)
                    .map(DraftTensor::name)
                    .filter(name -> !name.startsWith("2."))
                    .forEach(draft::freeze);
            draft.parametrize("1.weight", "default", Methods.lora(1000, 2, 3, 2, 0));
            target.commit(Models.plan(target, draft)).close();
            ModifiedModel modified = ModifiedModel.of(
                    target, new Report(Models.plan(target, target.draft()), true, List.of(), List.of()));
            assertEquals("""
                    path  type             shape                                                                           params  trainable
                    .     SequentialBlock                                                                                      --  partly
                    0     SequentialBlock                                                                                      --  no
                    0.0   Linear           weight [3, 4], bias [3]                                                             15  no
                    0.1   BatchNorm        weight [3], bias [3]                                                                 6  no
                    0.2   Dropout                                                                                              --  --
                    1     Linear           weight [1000, 3], bias [1000], lora_A.default [2, 3], lora_B.default [1000, 2]   6,006  partly
                    2     Linear           weight [2, 1000], bias [2]                                                       2,002  yes
                    trainable params: 4,008 || all params: 8,029 || trainable%: 49.9190
                    """, modified.table().text());
        }
    }

    @Test
    void aKernelStandsBehindItsWeight() {
        try (BlockModel tied = Models.open(Tied.class, Map.of(), io.graft.tensor.Shape.of(1, 2))) {
            ModelTable table = ModelTable.of(tied.target().draft(), Map.of("0.weight", "dynamic for 1 row"));
            assertEquals(
                    Map.of("weight", "dynamic for 1 row"), table.rows().get(1).kernels());
            String line = table.text().lines().skip(2).findFirst().orElseThrow();
            assertTrue(line.contains("  weight [2, 2] (dynamic for 1 row)"), line);
        }
    }

    @Test
    void aTensorWithTwoNamesCountsOnce() {
        try (BlockModel tied = Models.open(Tied.class, Map.of(), io.graft.tensor.Shape.of(1, 2))) {
            ModelTable table = ModelTable.of(tied.target().draft());
            assertEquals(
                    List.of(
                            new Row("", "SequentialBlock", Map.of(), Map.of(), 0, Trained.YES),
                            new Row("0", "Linear", table.rows().get(1).parameters(), Map.of(), 6, Trained.YES),
                            new Row("1", "Linear", table.rows().get(1).parameters(), Map.of(), 0, Trained.YES)),
                    table.rows());
            assertEquals(6, table.totals().parameters());
        }
    }
}
