package io.graft.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import io.graft.ModelRef;
import io.graft.djl.forward.OutputComparison;
import io.graft.djl.run.PyTorchEngine;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.training.TensorKind;
import io.graft.model.tree.Selector;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class BlockTargetTest {
    @Test
    void selectorsTakeEverySpelling() {
        try (BlockModel model = Models.normalized()) {
            ModelDraft draft = model.target().draft();
            for (String spelling : List.of("1.weight", "02BatchNorm.gamma", "BatchNorm.weight", "1.gamma")) {
                assertEquals(
                        List.of("1.weight"),
                        draft.select(Selector.parse(spelling)).tensors(),
                        spelling);
            }
        }
    }

    @Test
    void runningStatisticsAreBuffers() {
        try (BlockModel model = Models.normalized()) {
            Set<String> buffers = model.target().draft().tensors().stream()
                    .filter(tensor -> tensor.kind() == TensorKind.BUFFER)
                    .map(DraftTensor::name)
                    .collect(Collectors.toSet());
            assertEquals(Set.of("1.running_mean", "1.running_var"), buffers);
        }
    }

    @Test
    void aTorchScriptGraphIsNoBlock() {
        Engine engine = PyTorchEngine.start();
        try (NDManager manager = engine.newBaseManager()) {
            Block graph = engine.newSymbolBlock(manager);
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> BlockTarget.of(graph));
            assertEquals(
                    "PtSymbolBlock is a TorchScript program, not a native block: put it into a `Model` and modify that",
                    refused.getMessage());
        }
    }

    @Test
    void aParameterInTwoPlacesIsOneTensorWithTwoNames() {
        try (BlockModel model = Models.open(Tied.class, Map.of(), Shape.of(1, 2))) {
            ModelDraft draft = model.target().draft();
            assertEquals(storage(draft, "0.weight"), storage(draft, "1.weight"));
            assertNotEquals(storage(draft, "0.weight"), storage(draft, "0.bias"));
        }
    }

    @Test
    void theReferenceNamesTheBlocksClass() {
        try (BlockModel model = Models.m43()) {
            assertEquals(
                    new ModelRef("block", "io.graft.djl.M43"), model.target().ref());
        }
    }

    @Test
    void filledWithAStateDictItComputesWhatPyTorchComputes() throws IOException {
        try (BlockModel model = Models.m43()) {
            Models.fill(model.target(), Fixtures.read("m43/init.safetensors"));
            OutputComparison comparison = OutputComparison.of(
                    model.target().forward().orElseThrow().run(Fixtures.list("m43/inputs.safetensors")),
                    Fixtures.list("m43/outputs-init.safetensors"),
                    1e-5);
            assertEquals(true, comparison.agrees(), comparison::toString);
        }
    }

    private static Object storage(ModelDraft draft, String name) {
        return draft.find(name).orElseThrow().base().storage().orElseThrow();
    }
}
