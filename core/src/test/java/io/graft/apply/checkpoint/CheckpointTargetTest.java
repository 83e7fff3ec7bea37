package io.graft.apply.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.graft.ModelRef;
import io.graft.SourceCheckpoint;
import io.graft.apply.TestTensors;
import io.graft.checkpoint.DeclaredKind;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.DraftTensor;
import io.graft.model.training.TensorKind;
import io.graft.tensor.DType;
import io.graft.tensor.Provenance;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointTargetTest {
    @Test
    void draftHasTheHeadersTensorsInTheFilesOrder() {
        CheckpointTarget target = target(
                "model.safetensors",
                TestTensors.entry("b.weight", DType.BF16, 3, 4),
                TestTensors.entry("a.weight", DType.F32, 2));
        List<DraftTensor> tensors = List.copyOf(target.draft().tensors());
        assertEquals(new ModelRef("checkpoint", "model.safetensors"), target.ref());
        assertEquals(
                List.of("b.weight", "a.weight"),
                tensors.stream().map(DraftTensor::name).toList());
        assertEquals(DType.BF16, tensors.get(0).dtype());
        assertEquals(List.of(3L, 4L), tensors.get(0).shape().dimensions());
        assertEquals(new Provenance.Initial("b.weight"), tensors.get(0).value().provenance());
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
        CheckpointTarget target = target("m", TestTensors.entry(name, dtype, 2));
        DraftTensor tensor = target.draft().find(name).orElseThrow();
        assertEquals(kind, tensor.kind());
        assertEquals(kind == TensorKind.PARAMETER, tensor.trainable());
    }

    @Test
    void draftsAreIndependent() {
        CheckpointTarget target = target("m", TestTensors.entry("w", DType.F32, 2));
        target.draft().remove("w");
        assertFalse(target.draft().find("w").isEmpty());
    }

    @ParameterizedTest
    @CsvSource({
        "PARAMETER, PARAMETER, true",
        "FROZEN_PARAMETER, PARAMETER, false",
        "BUFFER, BUFFER, false",
    })
    void whatTheFileTellsIsNotGuessed(DeclaredKind declared, TensorKind kind, boolean trainable) {
        for (String name : List.of("encoder.weight", "norm.running_mean")) {
            DraftTensor tensor =
                    target("m", declared(name, declared)).draft().find(name).orElseThrow();
            assertEquals(kind, tensor.kind());
            assertEquals(trainable, tensor.trainable());
        }
    }

    @Test
    void whatSomebodyNamesABufferIsOneWhateverTheFileTells() {
        CheckpointTarget target = new CheckpointTarget(
                new SourceCheckpoint(
                        "m",
                        TestTensors.checkpoint(
                                Path.of("m"),
                                TestTensors.entry("mean", DType.F32, 2),
                                TestTensors.entry("weight", DType.F32, 2),
                                declared("scale", DeclaredKind.PARAMETER))),
                new CheckpointKinds(Set.of("mean", "scale")));
        assertEquals(
                List.of(TensorKind.BUFFER, TensorKind.PARAMETER, TensorKind.BUFFER),
                target.draft().tensors().stream().map(DraftTensor::kind).toList());
    }

    private static TensorEntry declared(String name, DeclaredKind kind) {
        TensorEntry entry = TestTensors.entry(name, DType.F32, 2);
        return new TensorEntry(name, entry.dtype(), entry.shape(), entry.range(), entry.data(), Optional.of(kind));
    }

    private static CheckpointTarget target(String uri, TensorEntry... entries) {
        return new CheckpointTarget(
                new SourceCheckpoint(uri, TestTensors.checkpoint(Path.of(uri), entries)), CheckpointKinds.OF_FILE);
    }
}
