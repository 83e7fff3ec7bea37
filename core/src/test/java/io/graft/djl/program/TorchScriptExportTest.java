package io.graft.djl.program;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.pytorch.TorchScriptWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.djl.Fixtures;
import io.graft.djl.run.PyTorchEngine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** DJL's engine runs what was written, and gives the outputs that PyTorch gave with these weights. */
class TorchScriptExportTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void startOffline() {
        PyTorchEngine.start();
    }

    @Test
    void aScriptedModuleWithNewWeights() throws Exception {
        write("m43/scripted.pt", "m43/full7.pt");
        assertOutputs("m43/inputs.safetensors", "m43/outputs-full7.safetensors");
    }

    @ParameterizedTest
    @CsvSource({"epd/scripted.pt", "epd/traced.pt"})
    void buffersAreReplacedToo(String module) throws Exception {
        write(module, "epd/pretrained-expected.safetensors");
        assertOutputs("epd/inputs.safetensors", "epd/outputs-pretrained.safetensors");
    }

    private void write(String module, String weights) throws IOException {
        Checkpoint archive = Checkpoint.open(Fixtures.path(module));
        Map<String, TensorEntry> values =
                Checkpoint.open(Fixtures.path(weights)).tensors();
        List<OutputTensor> tensors = archive.tensors().values().stream()
                .filter(entry -> values.containsKey(entry.name()))
                .map(entry ->
                        new OutputTensor(entry.name(), entry.dtype(), entry.shape(), values.get(entry.name())::data))
                .toList();
        assertTrue(tensors.size() >= values.size(), () -> tensors.size() + " of " + values.keySet());
        new TorchScriptWriter(archive, folder.resolve("model.pt")).write(tensors);
    }

    private void assertOutputs(String inputs, String expected) throws IOException, MalformedModelException {
        try (Model model = Model.newInstance("model", "PyTorch")) {
            model.load(folder);
            NDManager manager = model.getNDManager();
            NDArray output = model.getBlock()
                    .forward(new ParameterStore(manager, false), new NDList(array(manager, inputs)), false)
                    .singletonOrThrow();
            double difference = output.sub(array(manager, expected))
                    .abs()
                    .max()
                    .toType(DataType.FLOAT64, false)
                    .getDouble();
            assertTrue(difference < 1e-5, () -> "largest difference " + difference);
        }
    }

    private static NDArray array(NDManager manager, String fixture) throws IOException {
        TensorEntry entry = Checkpoint.open(Fixtures.path(fixture)).tensors().get("0");
        ByteBuffer bytes = entry.data().window(0, (int) entry.data().byteCount());
        float[] values = new float[(int) entry.shape().elementCount()];
        bytes.asFloatBuffer().get(values);
        return manager.create(
                values,
                new Shape(entry.shape().dimensions().stream()
                        .mapToLong(Long::longValue)
                        .toArray()));
    }
}
