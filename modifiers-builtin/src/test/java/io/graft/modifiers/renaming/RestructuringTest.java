package io.graft.modifiers.renaming;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.ModelModifier;
import io.graft.model.ModelDraft;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ModifierTester;
import io.graft.testkit.ReportedError;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Renaming that changes structure. */
class RestructuringTest {
    private static final String FUSE =
            "{ type = concatenate, from = [\"**.q\", \"**.k\"], to = \"**.qk\", sizes = [2, 1] }";
    private static final String SPLIT = "{ type = split, from = \"**.qk\", to = [\"**.q\", \"**.k\"], sizes = [2, 1] }";

    private final ModifierTester renaming = ModifierTester.of(RenamingModelModifier.class);

    private ModelModifier rules(String... rules) {
        return renaming.modifier("rename = [" + String.join(", ", rules) + "]");
    }

    private static ModelFixture model() {
        return ModelFixture.empty()
                .with("a.q", DType.BF16, Shape.of(2, 2), 1, 2, 3, 4)
                .with("a.k", DType.BF16, Shape.of(1, 2), 5, 6)
                .with("b", Shape.of(1), 7);
    }

    @Test
    void tensorsAreFusedAndSplitAgain() {
        ModifierRun run = model().apply(rules(FUSE)).succeeds().warns().hasNames("b", "a.qk");
        run.hasValues("a.qk", 1, 2, 3, 4, 5, 6);
        assertEquals(DType.BF16, run.model().find("a.qk").orElseThrow().dtype());
        run.then(rules(SPLIT))
                .succeeds()
                .hasNames("b", "a.q", "a.k")
                .hasValues("a.q", 1, 2, 3, 4)
                .hasValues("a.k", 5, 6);
    }

    /** What another modifier computed is not rounded before all of it is. */
    @Test
    void whatWasComputedIsFusedWithWhatWasNot() {
        ModifierRun run = model().apply((draft, context) -> {
                    LazyTensor base = draft.find("a.k").orElseThrow().value();
                    draft.assign(
                            "a.k",
                            LazyTensors.combine("plus a little", List.of(base), (first, count, inputs, result) -> {
                                for (int i = 0; i < count; i++) {
                                    result.floats()[i] = inputs.get(0).floats()[i] + 0.001f;
                                }
                            }));
                })
                .then(rules(FUSE))
                .succeeds();
        LazyTensor fused = run.model().find("a.qk").orElseThrow().value();
        assertEquals(DType.F32, fused.dtype());
        run.hasValues("a.qk", 1, 2, 3, 4, 5.001f, 6.001f);
    }

    @Test
    void flagsAreThoseOfTheParts() {
        ModelDraft draft = model().draft();
        draft.freeze("a.q");
        draft.freeze("a.k");
        ModifierRun.of(draft, rules(FUSE)).succeeds().hasTrainable("b");
        ModelDraft mixed = model().draft();
        mixed.freeze("a.q");
        ModifierRun.of(mixed, rules(FUSE))
                .succeeds()
                .hasTrainable("b", "a.qk")
                .warns(
                        "`a.qk` is made of tensors that are trained at different times, and is trained always: `a.q`, `a.k`");
    }

    @Test
    void aRuleThatCannotBeFollowedIsAnError() {
        model().apply(rules("{ type = split, from = a.k, to = [x, y] }"))
                .fails(new ReportedError(
                        ProblemCode.SHAPE_MISMATCH,
                        "rename[0]",
                        "rule #1, split of `a.k` to `x`, `y`, cannot be followed: `a.k`: [1, 2] has a length of 1 along axis 0,"
                                + " which 2 equal parts do not divide",
                        ""))
                .changesNothing();
    }

    @Test
    void whatATableLeavesOutIsRemovedAndSaid() {
        ModelFixture.empty()
                .with("h.0.attn.bias", Shape.of(1), 1)
                .with("h.0.ln_1.weight", Shape.of(1), 2)
                .apply(rules("gpt-2"))
                .succeeds()
                .hasNames("transformer.h.0.ln_1.weight")
                .warns("removed, because the running model has none of the name: `h.0.attn.bias`");
    }
}
