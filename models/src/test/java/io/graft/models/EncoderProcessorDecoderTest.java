package io.graft.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.NamedTensor;
import io.graft.checkpoint.Checkpoint;
import io.graft.djl.BlockArgumentsException;
import io.graft.djl.BlockModel;
import io.graft.djl.BlockSource;
import io.graft.djl.forward.OutputComparison;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.training.TensorKind;
import io.graft.model.tree.Selector;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncoderProcessorDecoderTest {
    private static final Path FIXTURES = Fixtures.folder("epd");

    @TempDir
    Path folder;

    @Test
    void itHasTheNamesOfItsPyTorchTwin() {
        try (BlockModel model = open(Map.of())) {
            Set<String> expected = new TreeSet<>(Checkpoint.open(FIXTURES.resolve("model.safetensors"))
                    .tensors()
                    .keySet());
            // DJL's BatchNorm does not count.
            expected.remove("norm.num_batches_tracked");
            assertEquals(expected, new TreeSet<>(names(model, TensorKind.PARAMETER, TensorKind.BUFFER)));
            assertEquals(Set.of("latlons", "norm.running_mean", "norm.running_var"), names(model, TensorKind.BUFFER));
        }
    }

    @Test
    void selectorsTakeItsNamesInEverySpelling() {
        try (BlockModel model = open(Map.of())) {
            ModelDraft draft = model.target().draft();
            List<String> tensors = List.of("processor.1.mlp.2.weight", "processor.1.mlp.2.bias");
            for (String spelling : List.of("processor.1.mlp.2", "02processor.02GatedLayer.04mlp.03Linear", "1.1.3.2")) {
                assertEquals(tensors, draft.select(Selector.parse(spelling)).tensors(), spelling);
            }
            assertEquals(
                    List.of("processor.0.layer_norm.weight"),
                    draft.select(Selector.parse("processor.0.layer_norm.gamma")).tensors());
        }
    }

    @Test
    void itsArgumentsSayHowLargeItIs() {
        Map<String, Object> arguments =
                Map.of("datasets", List.of("data", "lam"), "layers", 1, "width", 6, "outputs", 2);
        try (BlockModel model = open(arguments)) {
            ModelDraft draft = model.target().draft();
            assertEquals(
                    Shape.of(2, 6),
                    draft.find("decoder.lam.weight").orElseThrow().shape());
            assertEquals(
                    Set.of("0"),
                    names(model, TensorKind.PARAMETER).stream()
                            .filter(name -> name.startsWith("processor."))
                            .map(name -> name.split("\\.")[1])
                            .collect(Collectors.toSet()));
        }
    }

    @Test
    void itTakesALightningCheckpointWithItsPrefix() throws IOException {
        String transfer =
                "{ type = transfer-learning, checkpoint-path = \"" + FIXTURES.resolve("pretrained.ckpt") + "\" }";
        List<NamedTensor> given = Fixtures.run(folder, EncoderProcessorDecoder.class, "", transfer)
                .forward(Fixtures.tensors("epd", "inputs.safetensors"));
        OutputComparison comparison =
                OutputComparison.of(given, Fixtures.tensors("epd", "outputs-pretrained.safetensors"), 1e-5);
        assertEquals(true, comparison.agrees(), comparison::toString);
    }

    @Test
    void itEncodesAndDecodesOneOfItsDatasets() {
        Map<String, Object> arguments = Map.of("datasets", List.of("data", "lam"), "dataset", "global");
        BlockArgumentsException refused = assertThrows(
                BlockArgumentsException.class, () -> new EncoderProcessorDecoder().newBlock(null, null, arguments));
        assertEquals(
                "`io.graft.models.EncoderProcessorDecoder` refuses these values: `dataset` global is not among the"
                        + " `datasets` [data, lam]",
                refused.getMessage());
    }

    private static BlockModel open(Map<String, Object> arguments) {
        return BlockModel.open(
                new BlockSource(EncoderProcessorDecoder.class.getName(), Path.of(""), arguments, List.of()),
                EncoderProcessorDecoder.class.getClassLoader());
    }

    private static Set<String> names(BlockModel model, TensorKind... kinds) {
        return model.target().draft().tensors().stream()
                .filter(tensor -> List.of(kinds).contains(tensor.kind()))
                .map(DraftTensor::name)
                .collect(Collectors.toSet());
    }
}
