package io.graft.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.graft.ModelRef;
import io.graft.checkpoint.Shape;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.Selector;
import io.graft.model.TensorKind;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class BlockTargetTest {
    @Test
    void aBlockHasTheNamesOfItsPyTorchTwin() {
        try (BlockModel model = Models.encoderProcessorDecoder()) {
            Set<String> expected =
                    new TreeSet<>(Fixtures.read("epd/model.safetensors").keySet());
            expected.remove("norm.num_batches_tracked");
            Set<String> names = model.target().draft().tensors().stream()
                    .map(DraftTensor::name)
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(expected, names);
        }
    }

    @Test
    void selectorsTakeEverySpelling() {
        try (BlockModel model = Models.encoderProcessorDecoder()) {
            ModelDraft draft = model.target().draft();
            List<String> tensors = List.of("processor.1.mlp.2.weight", "processor.1.mlp.2.bias");
            for (String spelling : List.of("processor.1.mlp.2", "02processor.021.04mlp.03Linear", "1.1.3.2")) {
                assertEquals(tensors, draft.select(Selector.parse(spelling)).tensors(), spelling);
            }
            assertEquals(
                    List.of("processor.0.layer_norm.weight"),
                    draft.select(Selector.parse("processor.0.layer_norm.gamma")).tensors());
        }
    }

    @Test
    void runningStatisticsAndUntrainedOtherParametersAreBuffers() {
        try (BlockModel model = Models.encoderProcessorDecoder()) {
            Set<String> buffers = model.target().draft().tensors().stream()
                    .filter(tensor -> tensor.kind() == TensorKind.BUFFER)
                    .map(DraftTensor::name)
                    .collect(Collectors.toSet());
            assertEquals(Set.of("latlons", "norm.running_mean", "norm.running_var"), buffers);
        }
    }

    @Test
    void integersAreBuffersWhateverTheirType() {
        try (NDManager manager = PyTorchEngine.start().newBaseManager()) {
            Parameter version = Parameter.builder()
                    .setName("version")
                    .setType(Parameter.Type.WEIGHT)
                    .optRequiresGrad(false)
                    .optArray(manager.create(1L))
                    .build();
            assertEquals(TensorKind.BUFFER, BlockTensor.of(version).kind());
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
                    "PtSymbolBlock is a TorchScript graph, not a native block: its file is its checkpoint",
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
        try (BlockModel model = Models.encoderProcessorDecoder()) {
            assertOutputs(model, "epd", "model", "outputs");
            assertOutputs(model, "epd", "pretrained-expected", "outputs-pretrained");
        }
        try (BlockModel model = Models.m43()) {
            assertOutputs(model, "m43", "init", "outputs-init");
        }
    }

    private static Object storage(ModelDraft draft, String name) {
        return draft.find(name).orElseThrow().base().storage().orElseThrow();
    }

    private static void assertOutputs(BlockModel model, String family, String weights, String outputs)
            throws IOException {
        Map<String, NamedTensor> state = Fixtures.read(family + "/" + weights + ".safetensors");
        Models.fill(model.target(), state);
        OutputComparison comparison = OutputComparison.of(
                model.run(Fixtures.list(family + "/inputs.safetensors")),
                Fixtures.list(family + "/" + outputs + ".safetensors"),
                1e-5);
        assertEquals(true, comparison.agrees(), comparison::toString);
    }
}
