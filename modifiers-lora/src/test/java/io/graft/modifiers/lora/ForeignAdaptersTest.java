package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ReportedError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters of other tools than PEFT are merged as they are. */
class ForeignAdaptersTest {
    @TempDir
    Path folder;

    private static Path file(String name) {
        return Fixtures.file("/io/graft/lora/dialect/make_dialects.py").resolveSibling(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama-dora"})
    void anAdapterOfMlxIsMerged(String model) {
        Fixtures.assertClose(
                Fixtures.merge(ModelFixture.read(file(model + "/model.safetensors")), file(model + "/mlx"))
                        .succeeds(),
                file(model + "/merged.safetensors"));
    }

    private static CheckpointRef section(String adapter, String section) {
        return CheckpointRef.of(file(adapter)).using(Optional.of(section));
    }

    @ParameterizedTest
    @ValueSource(strings = {"unet/kohya.safetensors", "unet/diffusers"})
    void anAdapterOfAPipelineIsMergedIntoItsModel(String adapter) {
        Fixtures.assertClose(
                Fixtures.merge(ModelFixture.read(file("unet/model.safetensors")), section(adapter, "unet"), true)
                        .succeeds(),
                file("unet/merged.safetensors"));
    }

    @Test
    void theModelOfAPipelineHasToBeTold() {
        Path adapter = file("unet/diffusers/pytorch_lora_weights.safetensors");
        assertEquals(
                adapter
                        + ": holds adapters for `text_encoder`, `unet`; say which one is for this model: adapter-path { path ="
                        + " ..., section = text_encoder }",
                assertThrows(
                                CheckpointException.class,
                                () -> Fixtures.merge(
                                        ModelFixture.read(file("unet/model.safetensors")), file("unet/diffusers")))
                        .getMessage());
    }

    /** A checkpoint of the whole pipeline has the U-Net's names after a beginning. */
    @Test
    void namesWithoutDotsAreFoundDeepInTheModel() {
        Path adapter = ModelFixture.of("lora_unet_a_b.lora_down.weight", DType.F32, Shape.of(1, 2), 1)
                .with("lora_unet_a_b.lora_up.weight", Shape.of(3, 1), 1)
                .save(folder, "kohya");
        Fixtures.merge(ModelFixture.of("model.diffusion_model.a.b.weight", DType.F32, Shape.of(3, 2), 0), adapter)
                .succeeds()
                .hasValues("model.diffusion_model.a.b.weight", 1);
        Fixtures.merge(ModelFixture.of("c.weight", DType.F32, Shape.of(3, 2), 0), adapter)
                .fails(new ReportedError(
                        ProblemCode.UNEXPECTED_TENSOR,
                        "adapter-path",
                        "none of the 1 modules that the adapter has for `unet` are the model's: `lora_unet_a_b`",
                        "name the model that this part is for, or another part with `section`"))
                .changesNothing();
    }

    /** Its heads have to be put in another order, which a draft does not tell. */
    @Test
    void anAdapterOfTorchtuneIsMergedAfterItWasConverted() throws IOException {
        ModelFixture model = ModelFixture.read(file("llama/model.safetensors"));
        Fixtures.merge(model, file("llama/torchtune"))
                .fails(new ReportedError(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "adapter-path",
                        "outputs of query and key lie in another order in torchtune than in transformers, and nothing tells"
                                + " the model's family and its numbers of heads",
                        "convert it first: graft lora convert --to peft --base MODEL, the folder of the model with its"
                                + " config.json"))
                .changesNothing();
    }

    /** A model that torchtune saved has its names and order. */
    @Test
    void anAdapterOfTorchtuneIsMergedIntoItsOwnModel() {
        ModelFixture model = ModelFixture.of("layers.0.attn.q_proj.weight", DType.F32, Shape.of(4, 2), 0)
                .with("layers.0.attn.output_proj.weight", Shape.of(2, 4), 0);
        ModelFixture.of("layers.0.attn.q_proj.lora_a.weight", DType.F32, Shape.of(1, 2), 1)
                .with("layers.0.attn.q_proj.lora_b.weight", Shape.of(4, 1), 1, 2, 3, 4)
                .save(folder, "adapter_0");
        Fixtures.config(
                folder, "{\"r\": 1, \"lora_alpha\": 1, \"peft_type\": \"LORA\", \"target_modules\": [\"q_proj\"]}");
        Fixtures.merge(model, folder.resolve("adapter_0.safetensors"))
                .succeeds()
                .hasValues("layers.0.attn.q_proj.weight", 1, 1, 2, 2, 3, 3, 4, 4);
    }
}
