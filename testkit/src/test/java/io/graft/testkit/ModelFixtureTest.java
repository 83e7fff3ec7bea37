package io.graft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.training.TensorKind;
import io.graft.model.tree.Selector;
import io.graft.tensor.DType;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class ModelFixtureTest {
    @TempDir
    Path folder;

    @Test
    void aModelIsPutTogetherTensorByTensor() {
        ModelFixture fixture = ModelFixture.of("encoder.weight", DType.BF16, Shape.of(2, 2), 1, 2, 3, 4)
                .linear("decoder", 3, 2, 5)
                .norm("norm", 2, 6);
        ModelDraft model = fixture.draft();
        assertEquals(
                Map.of(
                        "encoder.weight", "BF16 [2, 2]",
                        "decoder.weight", "F32 [2, 3]",
                        "decoder.bias", "F32 [2]",
                        "norm.weight", "F32 [2]",
                        "norm.bias", "F32 [2]"),
                model.tensors().stream()
                        .collect(Collectors.toMap(DraftTensor::name, tensor -> tensor.dtype() + " " + tensor.shape())));
        assertEquals(List.of(1.0, 2.0, 3.0, 4.0), fixture.values("encoder.weight"));
        assertEquals(List.of(6.0, 6.0), fixture.values("norm.bias"));
        assertEquals(
                model.tensors().stream()
                        .map(tensor -> new Provenance.Initial(tensor.name()))
                        .toList(),
                model.tensors().stream()
                        .map(tensor -> tensor.base().provenance())
                        .toList());
    }

    @Test
    void integersAndWhatIsSaidToBeOneAreBuffers() {
        ModelDraft model = ModelFixture.of("steps", DType.I64, Shape.SCALAR, 3)
                .with("weight", Shape.of(1), 0)
                .with("mean", Shape.of(1), 0)
                .buffers("mean")
                .draft();
        assertEquals(
                Map.of("steps", TensorKind.BUFFER, "weight", TensorKind.PARAMETER, "mean", TensorKind.BUFFER),
                model.tensors().stream().collect(Collectors.toMap(DraftTensor::name, DraftTensor::kind)));
        assertEquals(
                List.of("weight"),
                model.tensors().stream()
                        .filter(DraftTensor::trainable)
                        .map(DraftTensor::name)
                        .toList());
    }

    @Test
    void oneTensorMayHaveTwoNamesAndANameTwoSpellings() {
        ModelDraft model = ModelFixture.empty()
                .norm("norm", 1, 0)
                .alias("norm.weight", "gamma")
                .tie("head.weight", "norm.weight")
                .draft();
        assertEquals(List.of("head.weight"), model.tiedTo("norm.weight"));
        assertEquals(List.of(), model.tiedTo("norm.bias"));
        assertEquals("norm.weight", model.tree().findTensor("norm.gamma").orElseThrow());
    }

    @Test
    void aModuleNeedsNoTensor() {
        ModelDraft model = ModelFixture.of("a.weight", DType.F32, Shape.of(1), 0)
                .module("act", "ReLU")
                .draft();
        assertEquals(List.of("act"), model.select(Selector.parse("act")).modules());
    }

    @Test
    void aFileIsAModelAndAModelAFile() {
        ModelFixture model =
                ModelFixture.of("w", DType.F16, Shape.of(2), 1.5, -2).with("v", Shape.of(1), 3);
        Path file = model.save(folder, "model");
        assertEquals(folder.resolve("model.safetensors"), file);
        ModelFixture read = ModelFixture.read(file);
        assertEquals(List.of(1.5, -2.0), read.values("w"));
        assertEquals(DType.F16, read.draft().find("w").orElseThrow().dtype());
        assertEquals(List.of(), read.draft().tiedTo("w"));
    }

    @Test
    void mistakesOfATestAreTold() {
        ModelFixture model = ModelFixture.of("w", DType.F32, Shape.of(2), 0);
        assertRefused(
                "shape [2, 2] needs 4 values, or one for all; found 3", () -> model.with("v", Shape.of(2, 2), 1, 2, 3));
        assertRefused("the model already has a tensor named `w`", () -> model.with("w", Shape.of(1), 0));
        assertRefused("the model has no tensor named `v`", () -> model.tie("u", "v"));
        assertRefused("the model has no tensor named `v`", () -> model.alias("v", "gamma"));
        assertRefused("the model has no tensor named `v`", () -> model.buffers("v"));
        assertRefused("the model has no tensor named `v`", () -> model.values("v"));
    }

    private static void assertRefused(String message, Executable mistake) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, mistake).getMessage());
    }
}
