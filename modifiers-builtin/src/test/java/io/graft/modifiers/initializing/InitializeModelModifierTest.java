package io.graft.modifiers.initializing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.modifiers.transfer.TransferLearningModelModifier;
import io.graft.problem.ProblemCode;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ModifierTester;
import io.graft.testkit.ReportedError;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Initializing as a configuration asks for it. */
class InitializeModelModifierTest {
    private final ModifierTester initialize = ModifierTester.of(InitializeModelModifier.class);

    private static ModelFixture decoders() {
        return ModelFixture.empty()
                .linear("decoder.global", 2, 3, 1)
                .linear("decoder.lam", 2, 3, 2)
                .linear("decoder.sea", 2, 3, 3);
    }

    @Test
    void aDecoderStartsFromAnotherOne() {
        decoders()
                .apply(initialize.modifier("tensors = [decoder.lam], from = decoder.global"))
                .succeeds()
                .warns()
                .assigns("decoder.lam.weight", "decoder.lam.bias")
                .hasValues(
                        "decoder.lam.bias",
                        decoders().values("decoder.global.bias").stream()
                                .mapToDouble(value -> value)
                                .toArray())
                .hasValues(
                        "decoder.sea.bias",
                        decoders().values("decoder.sea.bias").stream()
                                .mapToDouble(value -> value)
                                .toArray());
    }

    @Test
    void severalStartFromOneAsAnEarlierModifierGaveIt(@TempDir Path folder) {
        Path trained = ModelFixture.empty().linear("decoder.global", 2, 3, 7).save(folder, "trained");
        ModifierRun run = decoders()
                .apply(ModifierTester.of(TransferLearningModelModifier.class)
                        .modifier("checkpoint-path = \"" + trained + "\""))
                .then(initialize.modifier("tensors = [decoder.lam, decoder.sea], from = decoder.global"))
                .succeeds();
        for (String decoder : List.of("global", "lam", "sea")) {
            assertEquals(
                    ModelFixture.read(trained).values("decoder.global.weight"),
                    run.values("decoder." + decoder + ".weight"));
        }
    }

    @Test
    void aTensorStartsFromATensor() {
        ModelFixture.empty()
                .with("a", Shape.of(2), 1, 2)
                .with("b", Shape.of(2), 3, 4)
                .apply(initialize.modifier("tensors = [a], from = b"))
                .succeeds()
                .hasValues("a", 3, 4);
    }

    @Test
    void aRuleOfPyTorchsStartsParametersAndLeavesBuffers() {
        ModelFixture model = decoders();
        ModifierRun run = model.apply(initialize.modifier("tensors = [decoder.lam], initial = linear"))
                .succeeds()
                .warns();
        double bound = 1 / Math.sqrt(2);
        for (String name : List.of("decoder.lam.weight", "decoder.lam.bias")) {
            assertTrue(run.values(name).stream().allMatch(value -> Math.abs(value) <= bound), name);
        }
        assertEquals(
                run.values("decoder.lam.weight"),
                model.apply(initialize.modifier("tensors = [decoder.lam], initial = linear"))
                        .values("decoder.lam.weight"));
        assertNotEquals(
                run.values("decoder.lam.weight"),
                model.apply(initialize.modifier("tensors = [decoder.lam], initial = linear, seed = 1"))
                        .values("decoder.lam.weight"));
        ModelFixture counted = ModelFixture.empty()
                .with("norm.weight", Shape.of(2), 5, 5)
                .with("norm.running_mean", Shape.of(2), 5, 5)
                .buffers("norm.running_mean");
        counted.apply(initialize.modifier("tensors = [norm], initial = ones"))
                .succeeds()
                .warns("1 buffer of `norm` keeps its values")
                .hasValues("norm.weight", 1, 1)
                .hasValues("norm.running_mean", 5, 5);
    }

    @Test
    void aTensorWithTwoNamesStartsOnce() {
        ModelFixture model = ModelFixture.empty()
                .with("a.weight", Shape.of(2, 2), 1, 2, 3, 4)
                .tie("b.weight", "a.weight");
        ModifierRun run = model.apply(initialize.modifier("tensors = [a, b], initial = \"normal(1)\""))
                .succeeds();
        assertEquals(run.values("a.weight"), run.values("b.weight"));
    }

    @Test
    void aTensorDoesNotStartFromItsOtherName() {
        ModelFixture.empty()
                .with("a.weight", Shape.of(2, 2), 1, 2, 3, 4)
                .tie("b.weight", "a.weight")
                .apply(initialize.modifier("tensors = [b], from = a"))
                .fails(new ReportedError(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "tensors[0]",
                        "`b.weight` is the tensor that it would start from",
                        "leave it out of `tensors`"))
                .changesNothing();
    }

    @Test
    void whatHasNoCounterpartIsMissing() {
        decoders()
                .with("decoder.lam.extra", Shape.of(1), 9)
                .apply(initialize.modifier("tensors = [decoder.lam], from = decoder.global"))
                .succeeds()
                .misses("decoder.lam.extra")
                .hasValues("decoder.lam.extra", 9);
    }

    @Test
    void whatCannotBeIsTold() {
        decoders()
                .apply(initialize.modifier("tensors = [decoder.lam]"))
                .fails(new ReportedError(
                        ProblemCode.MISSING_KEY,
                        "",
                        "nothing says how they start",
                        "name the part that they start `from`, or the rule, `initial`"))
                .changesNothing();
        decoders()
                .apply(initialize.modifier("tensors = [decoder.lam], from = decoder.globl"))
                .fails(new ReportedError(
                        ProblemCode.UNMATCHED_SELECTOR,
                        "from",
                        "the model has no module or tensor `decoder.globl`",
                        "did you mean `decoder.global` or `decoder.lam`?"));
        decoders()
                .with("head.scale", Shape.of(1), 9)
                .apply(initialize.modifier("tensors = [head], from = decoder.global"))
                .fails(new ReportedError(
                        ProblemCode.NOTHING_LOADED,
                        "tensors[0]",
                        "`decoder.global` has nothing of the names in `head`: `head.scale`",
                        "name two modules with the same tensors in them"));
        decoders()
                .apply(initialize.modifier("tensors = [decoder.lam.bias], from = decoder.lam"))
                .fails(ProblemCode.UNSUPPORTED_CHANGE, "tensors[0]");
        decoders()
                .linear("wide", 4, 3, 1)
                .apply(initialize.modifier("tensors = [wide], from = decoder.global"))
                .fails(new ReportedError(
                        ProblemCode.SHAPE_MISMATCH,
                        "tensors[0]",
                        "`decoder.global.weight` does not fit `wide.weight`: [3, 2] and [3, 4]",
                        "start what has another shape by `initial`"))
                .changesNothing();
        ModelFixture.empty()
                .with("norm.weight", Shape.of(2), 5, 5)
                .apply(initialize.modifier("tensors = [norm], initial = kaiming-normal"))
                .fails(new ReportedError(
                        ProblemCode.MALFORMED_VALUE,
                        "tensors[0]",
                        "`kaiming-normal` counts what goes in and out, and `norm.weight` has shape [2]",
                        "initialize it by another entry of the list, with zeros, ones or a deviation of its own"));
    }

    @Test
    void valuesOfAnEarlierModifierAreNotLostWithoutAWord() {
        String zeros = "tensors = [decoder.lam.bias], initial = zeros";
        decoders()
                .apply(initialize.modifier(zeros))
                .then(initialize.modifier("tensors = [decoder.lam], from = decoder.global"))
                .fails(new ReportedError(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "override",
                        "this would start again 1 tensor that an earlier modifier gave values: `decoder.lam.bias`",
                        "leave them out, or let override be true"));
        decoders()
                .apply(initialize.modifier(zeros))
                .then(initialize.modifier("tensors = [decoder.lam], from = decoder.global, override = true"))
                .succeeds()
                .warns("started again: 1 tensor that an earlier modifier gave values: `decoder.lam.bias`");
    }
}
