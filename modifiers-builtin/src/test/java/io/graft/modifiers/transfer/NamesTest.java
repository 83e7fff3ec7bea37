package io.graft.modifiers.transfer;

import static io.graft.modifiers.transfer.Options.transfer;

import io.graft.SkipReason;
import io.graft.Skipped;
import io.graft.model.ModelDraft;
import io.graft.model.rules.Rule;
import io.graft.problem.ProblemCode;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ReportedError;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Section 4 of the field reports: names and prefixes. */
class NamesTest {
    @TempDir
    Path folder;

    private Path saved(String... names) {
        return saved(Shape.of(2), names);
    }

    private Path saved(Shape shape, String... names) {
        ModelFixture source = ModelFixture.empty();
        for (int each = 0; each < names.length; each++) {
            source = source.with(names[each], shape, each + 1);
        }
        return source.save(folder, "source" + names.length + shape.rank());
    }

    private static ModelFixture model(String... names) {
        ModelFixture model = ModelFixture.empty();
        for (String name : names) {
            model = model.with(name, Shape.of(2), 0);
        }
        return model;
    }

    @Test
    void segmentsOfWrappersAreLeftOutWhereverTheyStand() {
        Path source = saved(
                "blocks.0._orig_mod.attn.weight",
                "blocks.1._checkpoint_wrapped_module.attn.weight",
                "blocks.2._fsdp_wrapped_module._orig_mod.attn.weight",
                "features.module.0.weight",
                "head.weight");
        String[] names = {
            "blocks.0.attn.weight", "blocks.1.attn.weight", "blocks.2.attn.weight", "features.0.weight", "head.weight"
        };
        transfer(model(names), Options.from(source).strict())
                .succeeds()
                .assigns(names)
                .warns("segments of wrappers, such as `_orig_mod`, left out of 4 of 5 keys of the checkpoint");
    }

    @Test
    void segmentsOfWrappersInTheModelAreNoHindrance() {
        transfer(
                        model("blocks.0._orig_mod.attn.weight", "head.weight"),
                        Options.from(saved("blocks.0.attn.weight", "head.weight"))
                                .strict())
                .succeeds()
                .assigns("blocks.0._orig_mod.attn.weight", "head.weight")
                .warns();
    }

    @Test
    void aModuleThatIsCalledModuleIsNoWrapper() {
        transfer(
                        model("net.module.weight"),
                        Options.from(saved("net.module.weight")).strict())
                .succeeds()
                .assigns("net.module.weight")
                .warns();
    }

    @Test
    void aRuleWithTheKeyAsInspectShowsItDoesNotTipThePrefix() {
        Path source = saved("model.head.0.w", "model.head.1.w", "model.encoder.w");
        ModelFixture model = model("classifier.0.w", "classifier.1.w", "encoder.w");
        transfer(model, Options.from(source).strict().rename("model.head", "classifier"))
                .succeeds()
                .assigns("classifier.0.w", "classifier.1.w", "encoder.w")
                .warns("prefix `model.` stripped from 3 of 3 keys of the checkpoint");
        transfer(model, Options.from(source).strict().rename("head", "classifier"))
                .succeeds()
                .assigns("classifier.0.w", "classifier.1.w", "encoder.w")
                .warns("prefix `model.` stripped from 3 of 3 keys of the checkpoint");
    }

    @Test
    void rulesThatNameAllOfItNeedNoPrefix() {
        transfer(
                        model("x.w", "y.w"),
                        Options.from(saved("net.a.w", "net.b.w"))
                                .strict()
                                .rename("net.a", "x")
                                .rename("net.b", "y"))
                .succeeds()
                .assigns("x.w", "y.w")
                .warns();
    }

    @Test
    void strictLoadingOfABatchNormThatCountsNoBatches() {
        Path source = ModelFixture.empty()
                .norm("norm", 2, 1)
                .with("norm.running_mean", Shape.of(2), 3)
                .with("norm.num_batches_tracked", Shape.of(), 5)
                .save(folder, "norm");
        ModelDraft model = ModelFixture.empty()
                .norm("norm", 2, 0)
                .with("norm.running_mean", Shape.of(2), 0)
                .draft();
        transfer(model, Options.from(source).strict())
                .succeeds()
                .skips(new Skipped(
                        "norm.num_batches_tracked",
                        SkipReason.NOT_IN_MODEL,
                        "the model's layer does not count batches"));
        transfer(
                        model("w"),
                        Options.from(saved("w", "other.num_batches_tracked")).strict())
                .fails(ProblemCode.UNEXPECTED_TENSOR, "strict");
    }

    @Test
    void allNamesFitAndNoShapeDoes() {
        Path source = saved(Shape.of(3, 1), "a.w", "b.w");
        transfer(model("a.w", "b.w"), Options.from(source))
                .fails(new ReportedError(
                        ProblemCode.NOTHING_LOADED,
                        "checkpoint-path",
                        "`" + source.getFileName() + "` fills 0 of 2 tensors (0.0 %) and 0 of 4 elements (0.0 %)",
                        "the model has tensors for 2 of the 2 entries, and cannot take them: `a.w` (shape-mismatch, [3, 1] in the"
                                + " checkpoint, [2] in the model), `b.w` (shape-mismatch, [3, 1] in the checkpoint, [2] in the"
                                + " model)"));
    }

    @Test
    void twoLoadsOfTheSameTensorsAreAnErrorUnlessTheSecondSaysSo() {
        Path source = saved("a.w", "b.w");
        ModifierRun first = transfer(model("a.w", "b.w"), Options.from(source)).succeeds();
        first.then(new TransferLearningModelModifier(Options.from(source).options()))
                .fails(new ReportedError(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "override",
                        "this would fill again 2 tensors that an earlier modifier gave values: `a.w`, `b.w`",
                        "exclude them here or there, or let override be true"));
        transfer(model("a.w", "b.w"), Options.from(source).include("a"))
                .succeeds()
                .then(new TransferLearningModelModifier(
                        Options.from(source).include("b").options()))
                .succeeds()
                .warns();
        transfer(model("a.w", "b.w"), Options.from(source))
                .succeeds()
                .then(new TransferLearningModelModifier(
                        Options.from(source).include("b").override().options()))
                .succeeds()
                .warns("filled again: 1 tensor that an earlier modifier gave values: `b.w`");
    }

    @Test
    void aFusedWeightFillsItsParts() {
        Path source = ModelFixture.empty()
                .with("model.qkv.weight", Shape.of(4, 1), 1, 2, 3, 4)
                .with("model.x", Shape.of(1), 5)
                .save(folder, "fused");
        ModelFixture model = ModelFixture.empty()
                .with("q.weight", Shape.of(2, 1), 0)
                .with("k.weight", Shape.of(1, 1), 0)
                .with("v.weight", Shape.of(1, 1), 0)
                .with("x", Shape.of(1), 0);
        transfer(
                        model,
                        Options.from(source)
                                .strict()
                                .rule(new Rule.Split("qkv", List.of("q", "k", "v"), 0, List.of(2, 1, 1))))
                .succeeds()
                .hasValues("q.weight", 1, 2)
                .hasValues("k.weight", 3)
                .hasValues("v.weight", 4)
                .hasValues("x", 5);
    }
}
