package io.graft.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.util.Pair;
import io.graft.NamedTensor;
import io.graft.Plan;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.DeclaredKind;
import io.graft.djl.Adapting;
import io.graft.djl.ModifiedModel;
import io.graft.djl.forward.OutputComparison;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Adapter;
import io.graft.problem.Problem;
import io.graft.torchscript.Archives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One list of modifiers, with an adapter, on a TorchScript program and on the native block of the same architecture. */
class AdaptedProgramTest {
    private static final String MODIFIERS = """
            graft.modifiers = [
              { type = load, checkpoint-path = full7.pt }
              { type = freeze, modules = [encoder, decoder] }
              { type = adapting }
            ]
            """;
    private static final String PROGRAM = "graft.model.torchscript = net.pt\n";

    @TempDir
    Path root;

    private Project project;
    private ModelModifierApplier applier;

    @BeforeEach
    void anExtension() throws IOException {
        project = Project.in(root.resolve("project"));
        applier = ModelModifierApplier.create(TestModifiers.extension(
                root.resolve("extension"),
                TestModifiers.Load.class,
                TestModifiers.Freeze.class,
                Adapting.Provider.class));
        Files.copy(Archives.path("m43/scripted"), project.file("net.pt"));
        Files.copy(Archives.path("m43/full7"), project.file("full7.pt"));
    }

    @Test
    void bothGiveTheSame() throws IOException {
        List<NamedTensor> inputs = inputs();
        List<NamedTensor> program =
                applier.configuration(project.config(PROGRAM + MODIFIERS)).forward(inputs);
        List<NamedTensor> block =
                applier.configuration(project.config("""
                        graft.model { block-factory = "io.graft.djl.M43$Factory", input-shapes = [[5, 4]] }
                        """ + MODIFIERS)).forward(inputs);
        OutputComparison comparison = OutputComparison.of(program, block, 1e-6);
        assertTrue(comparison.agrees(), comparison::toString);
        List<NamedTensor> without = applier.configuration(project.config(PROGRAM + "graft.modifiers = []"))
                .forward(inputs);
        assertTrue(!OutputComparison.of(program, without, 1e-3).agrees(), "the adapter counts");
    }

    /** Not even by a loop of DJL alone, which trains what takes gradients. */
    @Test
    void theWeightOfAnAdapterIsNotTrained() throws IOException {
        try (ModifiedModel modified =
                applier.configuration(project.config(PROGRAM + MODIFIERS)).open()) {
            List<String> trained = modified.block().getParameters().stream()
                    .filter(pair -> pair.getValue().requiresGradient())
                    .map(Pair::getKey)
                    .toList();
            assertEquals(List.of("encoder.lora_A.default", "encoder.lora_B.default"), trained);
        }
    }

    @Test
    void theAdapterIsWrittenIntoTheArchive() throws IOException {
        Path config = project.config(PROGRAM + MODIFIERS + "graft.output.path = out\n");
        Plan plan = applier.configuration(config).plan();
        assertEquals(List.of(), plan.problems());
        applier.configuration(config).run();
        Checkpoint written = Checkpoint.open(project.file("out"));
        assertEquals(
                List.of(
                        "adapter_weight.default",
                        "encoder.weight",
                        "encoder.bias",
                        "encoder.lora_A.default",
                        "encoder.lora_B.default",
                        "decoder.weight",
                        "decoder.bias"),
                List.copyOf(written.tensors().keySet()));
        assertEquals(
                DeclaredKind.PARAMETER,
                written.tensors().get("encoder.lora_A.default").declared().orElseThrow());
        assertEquals(
                DeclaredKind.FROZEN_PARAMETER,
                written.tensors().get("encoder.weight").declared().orElseThrow());
        Plan again = applier.configuration(
                        project.config("graft.model.torchscript = out/model.pt\ngraft.modifiers = []"))
                .plan();
        assertEquals(
                List.of("no modifiers are listed, so nothing is changed"),
                again.problems().stream().map(Problem::message).toList());
        assertEquals(
                List.of("default"),
                new ModelDraft(List.of(), again.tensors())
                        .adapters().stream().map(Adapter::name).toList());
    }

    private static List<NamedTensor> inputs() {
        Path file = Archives.path("m43/scripted").resolveSibling("inputs.safetensors");
        return Checkpoint.open(file).tensors().values().stream()
                .map(NamedTensor::of)
                .toList();
    }
}
