package io.graft.modifiers.replacing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.model.Change;
import io.graft.model.training.TensorKind;
import io.graft.modifiers.Fixtures;
import io.graft.modifiers.freezing.FreezingModelModifier;
import io.graft.modifiers.transfer.TransferLearningModelModifier;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.Initializer;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ModifierTester;
import io.graft.testkit.ReportedError;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replacing as a configuration asks for it. */
class ReplaceModuleModelModifierTest {
    private static final String HEAD = "module = decoder, tensors { weight { shape = [5, 3] }, bias { shape = [5] } }";

    private final ModifierTester replacing = ModifierTester.of(ReplaceModuleModelModifier.class);

    @Test
    void aHeadOfAnotherSizeStartsAsPyTorchsLinear() {
        ModifierRun run =
                Fixtures.m43().apply(replacing.modifier(HEAD)).succeeds().warns();
        run.hasNames("decoder.bias", "decoder.weight", "encoder.bias", "encoder.weight");
        assertEquals(
                Shape.of(5, 3), run.model().find("decoder.weight").orElseThrow().shape());
        double bound = 1 / Math.sqrt(3);
        for (String name : List.of("decoder.weight", "decoder.bias")) {
            List<Double> values = run.values(name);
            assertTrue(values.stream().allMatch(value -> Math.abs(value) <= bound), () -> name + values);
            assertEquals(values.size(), values.stream().distinct().count());
        }
        assertEquals(
                run.values("decoder.weight"),
                Fixtures.m43().apply(replacing.modifier(HEAD)).values("decoder.weight"));
        assertNotEquals(
                run.values("decoder.weight"),
                Fixtures.m43().apply(replacing.modifier(HEAD + ", seed = 1")).values("decoder.weight"));
    }

    @Test
    void modifiersAfterItSeeTheNewTensors(@TempDir Path folder) {
        Path trained = ModelFixture.empty()
                .with("decoder.weight", Shape.of(5, 3), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
                .save(folder, "trained");
        Fixtures.m43()
                .apply(replacing.modifier(HEAD))
                .then(ModifierTester.of(TransferLearningModelModifier.class)
                        .modifier("checkpoint-path = \"" + trained + "\""))
                .then(ModifierTester.of(FreezingModelModifier.class)
                        .modifier("submodules-to-freeze = [decoder.weight]"))
                .succeeds()
                .hasValues("decoder.weight", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
                .hasTrainable("decoder.bias", "encoder.bias", "encoder.weight");
    }

    @Test
    void kindsDtypesAndStartsAreAsTheySay() {
        ModifierRun run = Fixtures.m43()
                .apply(replacing.modifier(
                        "module = decoder, tensors { \"norm.weight\" { shape = [2], initial = ones, dtype = bf16 },"
                                + " \"norm.running_mean\" { shape = [2], initial = zeros, kind = buffer } }"))
                .succeeds()
                .hasValues("decoder.norm.weight", 1, 1)
                .hasValues("decoder.norm.running_mean", 0, 0)
                .hasTrainable("decoder.norm.weight", "encoder.bias", "encoder.weight");
        assertEquals(
                DType.BF16,
                run.model().find("decoder.norm.weight").orElseThrow().dtype());
    }

    @Test
    void aModuleIsAdded() {
        ModifierRun run = Fixtures.m43()
                .apply(replacing.modifier(
                        "module = decoder.lam, add = true, tensors { weight { shape = [1], initial = ones } }"))
                .succeeds()
                .hasNames("decoder.bias", "decoder.weight", "encoder.bias", "encoder.weight", "decoder.lam.weight");
        assertEquals("decoder.lam", run.changes().get(0).name());
    }

    @Test
    void aTieThatEndsIsTold() {
        ModelFixture.empty()
                .with("embedding.weight", Shape.of(1), 1)
                .tie("head.weight", "embedding.weight")
                .apply(replacing.modifier(
                        "module = head, tensors { weight { shape = [1], initial = \"constant(9)\" } }"))
                .succeeds()
                .warns("`head.weight` was the same tensor as `embedding.weight`, which stays as it is")
                .hasValues("embedding.weight", 1)
                .hasValues("head.weight", 9);
    }

    @Test
    void whatCannotBeIsAnError() {
        Fixtures.m43()
                .apply(replacing.modifier("module = decoder"))
                .fails(new ReportedError(
                        ProblemCode.MISSING_KEY,
                        "",
                        "nothing says what `decoder` is to be",
                        "name a `block-factory`, or describe its `tensors`"))
                .changesNothing();
        Fixtures.m43()
                .apply(replacing.modifier("module = decodr, tensors { weight { shape = [1, 1] } }"))
                .fails(new ReportedError(
                        ProblemCode.UNMATCHED_SELECTOR,
                        "module",
                        "the model has no module `decodr`",
                        "did you mean `decoder`?"));
        Fixtures.m43()
                .apply(replacing.modifier("module = decoder, add = true, tensors { weight { shape = [1, 1] } }"))
                .fails(new ReportedError(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "module",
                        "the model has `decoder` already",
                        "leave `add` out, and it is replaced"));
        Fixtures.m43()
                .apply(replacing.modifier("module = head.lam, add = true, tensors { weight { shape = [1, 1] } }"))
                .fails(ProblemCode.UNMATCHED_SELECTOR, "module");
        Fixtures.m43()
                .apply(replacing.modifier("module = decoder, tensors { scale { shape = [3] } }"))
                .fails(new ReportedError(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "",
                        "`decoder.scale` has shape [3], for which there is no usual start: say how it starts, "
                                + Initializer.allowed(),
                        ""))
                .changesNothing();
    }

    @Test
    void optionsAreBound() {
        replacing.defaults(
                "module = decoder",
                new ReplaceModuleOptions("decoder", false, Optional.empty(), Map.of(), List.of(), Map.of(), 0));
        replacing.binds(
                "module = decoder, add = true, block-factory = com.acme.Head, arguments { units = 5, name = x }, input-shapes = [[1, 3]],"
                        + " seed = 7",
                new ReplaceModuleOptions(
                        "decoder",
                        true,
                        Optional.of("com.acme.Head"),
                        Map.of("units", 5, "name", "x"),
                        List.of(Shape.of(1, 3)),
                        Map.of(),
                        7));
        replacing.binds(
                "module = d, tensors { w { shape = [2], dtype = f16, kind = buffer, initial = \"normal(0.02)\" } }",
                new ReplaceModuleOptions(
                        "d",
                        false,
                        Optional.empty(),
                        Map.of(),
                        List.of(),
                        Map.of(
                                "w",
                                new NewTensor(
                                        Shape.of(2),
                                        DType.F16,
                                        TensorKind.BUFFER,
                                        Optional.of(Initializer.parse("normal(0.02)")))),
                        0));
        assertEquals(
                "`kaiming` is no initializer: " + Initializer.allowed() + " are",
                replacing
                        .rejects(
                                "module = d, tensors { w { shape = [2], initial = kaiming } }",
                                ProblemCode.MALFORMED_VALUE,
                                "tensors.w.initial")
                        .message());
        replacing.rejects("module = d, block-factory = a.B, input-shapes = [[1]], tensors { w { shape = [2] } }");
        replacing.rejects("module = d, arguments { a = 1 }, tensors { w { shape = [2] } }");
        replacing.providerIsHealthy();
    }

    @Test
    void theChangeNamesTheModule() {
        ModifierRun run = Fixtures.m43().apply(replacing.modifier(HEAD));
        assertEquals("decoder", ((Change.ModuleReplaced) run.changes().get(0)).name());
        assertEquals(5, run.changes().size());
    }
}
