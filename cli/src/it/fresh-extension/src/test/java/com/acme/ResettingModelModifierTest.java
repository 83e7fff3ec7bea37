package com.acme;

import io.graft.model.tree.Selector;
import io.graft.problem.ProblemCode;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierTester;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResettingModelModifierTest {
    private static final ModifierTester RESETTING = ModifierTester.of(ResettingModelModifier.class);
    private static final List<Selector> HEAD = List.of(Selector.parse("head"));

    @Test
    void providerIsHealthy() {
        RESETTING.providerIsHealthy();
    }

    @Test
    void defaults() {
        RESETTING.defaults("tensors = [head]", new ResettingOptions(HEAD, new Fill.Zeros(), 1, Optional.empty()));
    }

    @Test
    void everyKeyIsRead() {
        RESETTING.mapsEveryKey(
                "tensors = [head], to { type = constant, value = 0.5 }, min-dimensions = 2, reason = new-task",
                new ResettingOptions(HEAD, new Fill.Constant(0.5), 2, Optional.of("new-task")));
    }

    @Test
    void mistakesAreRefused() {
        RESETTING.rejects("tensors = []", ProblemCode.EMPTY, "tensors");
        RESETTING.rejects("tensors = [head], min-dimensions = 9", ProblemCode.OUT_OF_RANGE, "min-dimensions");
        RESETTING.warns("tensors = [head], to { type = constant, value = 0 }", ProblemCode.CHECK_FAILED, "to.value");
    }

    @Test
    void weightsAreReset() {
        ModelFixture.empty()
                .linear("encoder", 2, 2, 1)
                .linear("head", 2, 2, 1)
                .apply(RESETTING.modifier("tensors = [head], min-dimensions = 2"))
                .assigns("head.weight")
                .hasValues("head.weight", 0, 0, 0, 0);
    }

    @Test
    void whatSelectsNothingIsAnError() {
        ModelFixture.empty()
                .with("encoder.weight", Shape.of(2, 2), 1)
                .apply(RESETTING.modifier("tensors = [encoder, head]"))
                .fails(ProblemCode.UNMATCHED_SELECTOR, "tensors[1]");
    }
}
