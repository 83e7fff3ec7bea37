package io.graft.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.graft.ModelRef;
import io.graft.SourceCheckpoint;
import io.graft.model.DraftTensor;
import io.graft.model.TensorKind;
import io.graft.tensor.DType;
import io.graft.tensor.Provenance;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointTargetTest {
    @Test
    void draftHasTheHeadersTensorsInTheFilesOrder() {
        CheckpointTarget target = new CheckpointTarget(new SourceCheckpoint(
                "model.safetensors",
                TestTensors.checkpoint(
                        Path.of("model.safetensors"),
                        TestTensors.entry("b.weight", DType.BF16, 3, 4),
                        TestTensors.entry("a.weight", DType.F32, 2))));
        List<DraftTensor> tensors = List.copyOf(target.draft().tensors());
        assertEquals(new ModelRef("checkpoint", "model.safetensors"), target.ref());
        assertEquals(
                List.of("b.weight", "a.weight"),
                tensors.stream().map(DraftTensor::name).toList());
        assertEquals(DType.BF16, tensors.get(0).dtype());
        assertEquals(List.of(3L, 4L), tensors.get(0).shape().dimensions());
        assertEquals(Provenance.INITIAL, tensors.get(0).value().provenance());
    }

    @ParameterizedTest
    @CsvSource({
        "encoder.weight, F32, PARAMETER",
        "encoder.weight, F8_E4M3, PARAMETER",
        "spectral.weight, C64, PARAMETER",
        "running_mean.weight, F32, PARAMETER",
        "norm.running_mean, F32, BUFFER",
        "norm.running_var, F32, BUFFER",
        "norm.num_batches_tracked, I64, BUFFER",
        "embeddings.position_ids, F32, BUFFER",
        "running_mean, F32, BUFFER",
        "mask, BOOL, BUFFER",
        "weight, I8, BUFFER",
    })
    void kindFollowsFromNameAndDtype(String name, DType dtype, TensorKind kind) {
        CheckpointTarget target = new CheckpointTarget(
                new SourceCheckpoint("m", TestTensors.checkpoint(Path.of("m"), TestTensors.entry(name, dtype, 2))));
        DraftTensor tensor = target.draft().find(name).orElseThrow();
        assertEquals(kind, tensor.kind());
        assertEquals(kind == TensorKind.PARAMETER, tensor.trainable());
    }

    @Test
    void draftsAreIndependent() {
        CheckpointTarget target = new CheckpointTarget(
                new SourceCheckpoint("m", TestTensors.checkpoint(Path.of("m"), TestTensors.entry("w", DType.F32, 2))));
        target.draft().remove("w");
        assertFalse(target.draft().find("w").isEmpty());
    }
}
