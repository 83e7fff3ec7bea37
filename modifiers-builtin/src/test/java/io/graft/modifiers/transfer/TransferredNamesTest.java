package io.graft.modifiers.transfer;

import static io.graft.modifiers.transfer.Options.transfer;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.SkipReason;
import io.graft.Skipped;
import io.graft.model.ModelDraft;
import io.graft.modifiers.Fixtures;
import io.graft.problem.ProblemCode;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ReportedError;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The transfer-learning scenarios of the reference system that are about names, by their ids. */
class TransferredNamesTest {
    @TempDir
    Path folder;

    private Options from(ModelFixture source) {
        return Options.from(source.save(folder, "source"));
    }

    @Test
    void e1APrefixOfTheCheckpointIsStrippedAndReported() {
        ModifierRun run = transfer(Fixtures.m43(), Options.from(Fixtures.file("m43/full7-lightning.ckpt")))
                .succeeds();
        assertEquals(List.of("decoder.bias", "decoder.weight", "encoder.bias", "encoder.weight"), run.assigned());
        run.hasValues("encoder.weight", 7);
        assertEquals(List.of(), run.missing());
        assertEquals(List.of(), run.skipped());
        assertEquals(List.of("prefix `model.model.` stripped from 4 of 4 keys of the checkpoint"), run.warnings());
        assertEquals(
                new Provenance.Stored("full7-lightning.ckpt", "model.model.encoder.weight"),
                run.model().find("encoder.weight").orElseThrow().base().provenance());
    }

    @Test
    void e1OtherKeysThanThosePrefixedAreReported() {
        Path source = ModelFixture.empty()
                .linear("model.encoder", 4, 3, 7)
                .linear("model.decoder", 3, 2, 7)
                .with("loss.weights", Shape.of(2), 1)
                .save(folder, "source");
        ModifierRun run = transfer(Fixtures.m43(), Options.from(source)).succeeds();
        assertEquals(List.of("prefix `model.` stripped from 4 of 5 keys of the checkpoint"), run.warnings());
        assertEquals(
                List.of(new Skipped("loss.weights", SkipReason.NOT_IN_MODEL, "without the prefix \"model.\"")),
                run.skipped());
    }

    @Test
    void e1AWholePretrainedCheckpointIsLoadedExactly() {
        ModelDraft model = Fixtures.epd().draft();
        ModifierRun run = transfer(
                        model,
                        Options.from(Fixtures.file("epd/pretrained.ckpt")).strict())
                .succeeds();
        ModelFixture expected = ModelFixture.read(Fixtures.file("epd/pretrained-expected.safetensors"));
        assertEquals(expected.draft().tensors().size(), model.tensors().size());
        run.names().forEach(name -> assertEquals(expected.values(name), run.values(name), name));
        assertEquals(
                List.of(
                        "prefix `model.model.` stripped from 40 of 40 keys of the checkpoint",
                        "buffers overwritten: `norm.num_batches_tracked`, `latlons`, `norm.running_mean`, `norm.running_var`"),
                run.warnings());
    }

    @Test
    void e2APrefixOfTheModelIsAddedAndReported() {
        ModelDraft model = ModelFixture.empty()
                .linear("model.model.encoder", 4, 3, 0)
                .linear("model.model.decoder", 3, 2, 0)
                .draft();
        ModifierRun run = transfer(model, from(Fixtures.sevens())).succeeds();
        assertEquals(
                List.of(
                        "model.model.encoder.weight",
                        "model.model.encoder.bias",
                        "model.model.decoder.weight",
                        "model.model.decoder.bias"),
                run.assigned());
        run.hasValues("model.model.decoder.weight", 7);
        assertEquals(List.of("prefix `model.model.` added to the 4 keys of the checkpoint"), run.warnings());
    }

    private static ModelFixture twice() {
        return ModelFixture.empty()
                .linear("a.encoder", 4, 3, 1)
                .linear("a.decoder", 3, 2, 1)
                .linear("b.encoder", 4, 3, 2)
                .linear("b.decoder", 3, 2, 2);
    }

    @Test
    void e4AnAmbiguousPrefixAsksForAnExplicitOne() {
        transfer(Fixtures.m43(), from(twice()))
                .fails(new ReportedError(
                        ProblemCode.AMBIGUOUS_PREFIX,
                        "prefix",
                        "the checkpoint's keys fit 4 of 4 tensors of the model in 2 ways: `a.` stripped; `b.` stripped",
                        "say which one is meant: prefix = \"a.\" or \"b.\""));
    }

    @Test
    void e4AnExplicitPrefixSettlesIt() {
        Path source = twice().save(folder, "source");
        for (String prefix : List.of("b.", "b")) {
            ModifierRun run = transfer(Fixtures.m43(), Options.from(source).prefix(prefix))
                    .succeeds();
            run.hasValues("encoder.weight", 2);
            assertEquals(List.of(), run.warnings());
        }
    }

    @Test
    void e5ASwapExchangesValues() {
        ModelFixture source = ModelFixture.empty().with("a", Shape.of(2), 1).with("b", Shape.of(2), 2);
        ModelDraft model = ModelFixture.empty()
                .with("a", Shape.of(2), 0)
                .with("b", Shape.of(2), 0)
                .draft();
        ModifierRun run =
                transfer(model, from(source).rename("a", "b").rename("b", "a")).succeeds();
        run.hasValues("a", 2);
        run.hasValues("b", 1);
    }

    @Test
    void e6AChainClobbersNothing() {
        ModelFixture source = ModelFixture.empty()
                .with("a.0", Shape.of(2), 0)
                .with("a.1", Shape.of(2), 1)
                .with("a.3", Shape.of(2), 3);
        ModelDraft model = ModelFixture.empty()
                .with("n", Shape.of(2), -1)
                .with("a.0", Shape.of(2), -1)
                .with("a.2", Shape.of(2), -1)
                .draft();
        ModifierRun run = transfer(
                        model,
                        from(source)
                                .strict()
                                .rename("a.0", "n")
                                .rename("a.1", "a.0")
                                .rename("a.3", "a.2"))
                .succeeds();
        run.hasValues("n", 0);
        run.hasValues("a.0", 1);
        run.hasValues("a.2", 3);
    }

    @Test
    void e8OneSourceIsCopiedToTwoTargets() {
        ModelFixture source = ModelFixture.empty().norm("layer_norm", 2, 5).with("other", Shape.of(2), 1);
        ModelDraft model = ModelFixture.empty()
                .norm("layer_norm_src", 2, 0)
                .norm("layer_norm_dst", 2, 0)
                .with("other", Shape.of(2), 0)
                .draft();
        ModifierRun run = transfer(
                        model,
                        from(source)
                                .strict()
                                .rename("layer_norm", "layer_norm_dst")
                                .rename("layer_norm", "layer_norm_src"))
                .succeeds();
        for (String name : List.of(
                "layer_norm_src.weight", "layer_norm_src.bias", "layer_norm_dst.weight", "layer_norm_dst.bias")) {
            run.hasValues(name, 5);
            assertEquals(List.of(), model.tiedTo(name), name);
        }
    }

    @Test
    void e9ARegularExpressionRenamesByItsGroups() {
        ModelFixture source = ModelFixture.empty()
                .linear("processor.proc.0.blocks.1.lin", 2, 2, 1)
                .linear("processor.proc.2.blocks.3.lin", 2, 2, 23);
        ModelDraft model = ModelFixture.empty()
                .linear("processor.proc.1.0.lin", 2, 2, 0)
                .linear("processor.proc.3.2.lin", 2, 2, 0)
                .draft();
        ModifierRun run = transfer(
                        model,
                        from(source)
                                .strict()
                                .rename("re:processor\\.proc\\.(\\d+)\\.blocks\\.(\\d+)", "processor.proc.$2.$1"))
                .succeeds();
        run.hasValues("processor.proc.1.0.lin.weight", 1);
        run.hasValues("processor.proc.3.2.lin.bias", 23);
    }

    @Test
    void e9AStarIsAGroupToo() {
        ModelFixture source =
                ModelFixture.empty().linear("layer.0.q_lin", 2, 2, 1).linear("layer.1.q_lin", 2, 2, 2);
        ModelDraft model = ModelFixture.empty()
                .linear("blocks.0.query", 2, 2, 0)
                .linear("blocks.1.query", 2, 2, 0)
                .draft();
        ModifierRun run = transfer(model, from(source).strict().rename("layer.*.q_*", "blocks.$1.query"))
                .succeeds();
        run.hasValues("blocks.1.query.weight", 2);
    }

    @Test
    void e10ARuleThatMatchesNothingIsAnError() {
        ModelFixture old = ModelFixture.empty()
                .norm("mlp.0", 4, 1)
                .linear("mlp.1", 4, 8, 2)
                .linear("mlp.3", 8, 4, 3);
        ModelDraft model =
                ModelFixture.empty().norm("norm", 4, 0).linear("mlp.0", 4, 8, 0).draft();
        transfer(model, from(old).rename("mlp.0", "norm").rename("mpl.3", "mlp.0"))
                .fails(new ReportedError(
                        ProblemCode.UNMATCHED_RULE,
                        "rename[1]",
                        "rule #2, `mpl.3` to `mlp.0`, matches 0 keys of the checkpoint",
                        "did you mean `mlp.3`?"));
    }

    @Test
    void e10ARuleWhoseKeysAreTakenIsAnErrorToo() {
        transfer(
                        Fixtures.m43(),
                        from(Fixtures.sevens()).rename("enc*", "encoder").rename("encoder.weight", "decoder.weight"))
                .fails(new ReportedError(
                        ProblemCode.UNMATCHED_RULE,
                        "rename[1]",
                        "rule #2, `encoder.weight` to `decoder.weight`, matches 0 keys of the checkpoint that no earlier rule takes",
                        "put it before the rules that are less special"));
    }
}
