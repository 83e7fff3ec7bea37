package io.graft.modifiers.transfer;

import static io.graft.modifiers.transfer.Options.transfer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.SkipReason;
import io.graft.Skipped;
import io.graft.checkpoint.CheckpointException;
import io.graft.model.ModelDraft;
import io.graft.modifiers.Fixtures;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ReportedError;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the options do beyond the reference system's scenarios. */
class TransferLearningModelModifierTest {
    @TempDir
    Path folder;

    private static ModelFixture m43() {
        return Fixtures.m43();
    }

    private static ModelFixture sevens() {
        return ModelFixture.empty().linear("encoder", 4, 3, 7).linear("decoder", 3, 2, 7);
    }

    private Options from(ModelFixture source) {
        return Options.from(source.save(folder, "source"));
    }

    @Test
    void withoutDetectionAPrefixedCheckpointFitsNothing() {
        Options options =
                Options.from(Fixtures.file("m43/full7-lightning.ckpt")).prefix("none");
        ModifierRun run = transfer(m43(), options)
                .fails(new ReportedError(
                        ProblemCode.NOTHING_LOADED,
                        "checkpoint-path",
                        "`full7-lightning.ckpt` fills 0 of 4 tensors (0.0 %) and 0 of 23 elements (0.0 %)",
                        "the checkpoint has `model.model.encoder.weight`, `model.model.encoder.bias`, `model.model.decoder.weight`,"
                                + " `model.model.decoder.bias`; the model has `decoder.bias`, `decoder.weight`, `encoder.bias`,"
                                + " `encoder.weight`; see `prefix` and `rename`"));
        assertEquals(4, run.skipped().size());
        assertEquals(4, run.missing().size());
    }

    /** Section 3 of the field reports: the file is {@code torch.save} of the keys of {@code m43}, one of which holds a text. */
    @Test
    void somethingElseUnderTheNameOfATensorIsAnError() {
        transfer(m43(), Options.from(Fixtures.file("m43/text-among.pt")))
                .fails(new ReportedError(
                        ProblemCode.CHECKPOINT_UNSUPPORTED,
                        "checkpoint-path",
                        "`model.encoder.bias` in `text-among.pt` is a str, and `encoder.bias` of the model is a tensor",
                        "save the tensor under that name, or exclude it"));
        assertEquals(
                3,
                transfer(m43(), Options.from(Fixtures.file("m43/text-among.pt")).exclude("encoder.bias"))
                        .succeeds()
                        .assigned()
                        .size());
    }

    @Test
    void nothingLoadedIsAllowedOnRequest() {
        ModifierRun run = transfer(
                        m43(),
                        from(ModelFixture.empty().with("x", Shape.of(1), 0)).minCoverage(0))
                .succeeds();
        assertEquals(List.of(), run.assigned());
        assertEquals(List.of(new Skipped("x", SkipReason.NOT_IN_MODEL, "")), run.skipped());
    }

    @Test
    void nothingToFillIsAnError() {
        transfer(m43(), from(sevens()).exclude("**"))
                .fails(new ReportedError(
                        ProblemCode.NOTHING_LOADED,
                        "checkpoint-path",
                        "`source.safetensors` fills 0 of 0 tensors (0.0 %) and 0 of 0 elements (0.0 %)",
                        "`include`, `exclude` and `buffers` leave no tensor to fill"));
    }

    @Test
    void strictWantsEveryTensorAndEveryEntryAndTellsAllAtOnce() {
        ModelFixture source = ModelFixture.empty()
                .with("encoder.weight", Shape.of(3, 4), 7)
                .with("decoder.weight", Shape.of(9, 3), 7)
                .with("extra.weight", Shape.of(1), 7);
        transfer(m43(), from(source).strict())
                .fails(
                        new ReportedError(
                                ProblemCode.SHAPE_MISMATCH,
                                "strict",
                                "`decoder.weight` does not fit: [9, 3] in the checkpoint, [2, 3] in the model",
                                "exclude the tensor, rename the entry, or let skip-mismatched be true and strict false"),
                        new ReportedError(
                                ProblemCode.UNEXPECTED_TENSOR,
                                "strict",
                                "the model has no place for 1 of the tensors in `source.safetensors`: `extra.weight`",
                                "rename them, or let on-unexpected be ignore and strict false"),
                        new ReportedError(
                                ProblemCode.MISSING_TENSOR,
                                "strict",
                                "`source.safetensors` does not fill 2 of the model's tensors: `decoder.bias`, `encoder.bias`",
                                "rename entries, exclude the tensors, or let strict be false"));
    }

    @Test
    void strictIsContentWhenAllFits() {
        assertEquals(
                4,
                transfer(m43(), from(sevens()).strict()).succeeds().assigned().size());
    }

    @Test
    void whatIsLeftOutOnPurposeIsNotMissing() {
        ModifierRun run = transfer(
                        m43(),
                        from(sevens())
                                .strict()
                                .include("encoder", "decoder.bias")
                                .exclude("encoder.bias"))
                .succeeds();
        assertEquals(List.of("decoder.bias", "encoder.weight"), run.assigned());
        assertEquals(List.of(), run.missing());
        assertEquals(
                List.of(
                        new Skipped("decoder.weight", SkipReason.EXCLUDED, "not in `include`"),
                        new Skipped("encoder.bias", SkipReason.EXCLUDED, "`exclude` has `encoder.bias`")),
                run.skipped());
    }

    @Test
    void everySelectorMustMatch() {
        transfer(m43(), from(sevens()).include("encodr").exclude("decoder", "head"))
                .fails(
                        new ReportedError(
                                ProblemCode.UNMATCHED_SELECTOR,
                                "include[0]",
                                "`encodr` matches nothing in the model",
                                "did you mean `encoder`?"),
                        new ReportedError(
                                ProblemCode.UNMATCHED_SELECTOR,
                                "exclude[1]",
                                "`head` matches nothing in the model",
                                "the model's top level has `decoder`, `encoder`"));
    }

    @Test
    void buffersCanBeKept() {
        ModifierRun run = transfer(
                        Fixtures.epd(),
                        Options.from(Fixtures.file("epd/pretrained.ckpt"))
                                .keepBuffers()
                                .strict())
                .succeeds();
        assertEquals(36, run.assigned().size());
        assertEquals(Fixtures.epd().values("norm.running_mean"), run.values("norm.running_mean"));
        assertEquals(
                List.of(
                        new Skipped("model.model.latlons", SkipReason.BUFFER_KEPT, ""),
                        new Skipped("model.model.norm.running_mean", SkipReason.BUFFER_KEPT, ""),
                        new Skipped("model.model.norm.running_var", SkipReason.BUFFER_KEPT, ""),
                        new Skipped("model.model.norm.num_batches_tracked", SkipReason.BUFFER_KEPT, "")),
                run.skipped());
        assertEquals(List.of(), run.missing());
        assertEquals(List.of("prefix `model.model.` stripped from 40 of 40 keys of the checkpoint"), run.warnings());
    }

    /** Section 3 of the field reports: no name tells that these floats are buffers. */
    @Test
    void aBufferThatTheFileOfTheModelDeclaresIsKept() {
        Path model = Fixtures.file("torch/flags.pt");
        ModifierRun run = transfer(ModelFixture.read(model), Options.from(model).keepBuffers())
                .succeeds()
                .hasTrainable("decoder.weight", "decoder.bias");
        assertEquals(
                List.of(
                        new Skipped("coordinates", SkipReason.BUFFER_KEPT, ""),
                        new Skipped("mean", SkipReason.BUFFER_KEPT, "")),
                run.skipped());
        assertEquals(4, run.assigned().size());
    }

    @Test
    void aSelectorKeepsOneBuffer() {
        ModifierRun run = transfer(
                        Fixtures.epd(),
                        Options.from(Fixtures.file("epd/pretrained.ckpt")).exclude("latlons"))
                .succeeds();
        assertEquals(Fixtures.epd().values("latlons"), run.values("latlons"));
        assertEquals(
                List.of(new Skipped("model.model.latlons", SkipReason.EXCLUDED, "`exclude` has `latlons`")),
                run.skipped());
    }

    @Test
    void newPartsOfAModelAreListedAsMissing() {
        ModelDraft model =
                ModelFixture.read(Fixtures.file("epd/two-decoders.safetensors")).draft();
        ModifierRun run = transfer(model, Options.from(Fixtures.file("epd/pretrained.ckpt")))
                .succeeds();
        assertEquals(
                List.of("decoder.lam.bias", "decoder.lam.weight", "encoder.lam.bias", "encoder.lam.weight"),
                run.missing());
        assertEquals(List.of(), run.skipped());
    }

    @Test
    void aKeyMeansATensorByItsAlias() {
        ModelDraft model = ModelFixture.empty()
                .norm("norm", 2, 0)
                .alias("norm.weight", "gamma")
                .alias("norm.bias", "beta")
                .draft();
        ModelFixture source =
                ModelFixture.empty().with("old.gamma", Shape.of(2), 1).with("old.beta", Shape.of(2), 2);
        ModifierRun run = transfer(model, from(source).rename("old", "norm")).succeeds();
        run.hasValues("norm.weight", 1);
        run.hasValues("norm.bias", 2);
    }

    @Test
    void twoEntriesForOneTensorAreACollision() {
        ModelDraft model = ModelFixture.empty()
                .norm("norm", 2, 0)
                .alias("norm.weight", "gamma")
                .draft();
        ModelFixture source =
                ModelFixture.empty().with("norm.gamma", Shape.of(2), 1).with("norm.weight", Shape.of(2), 2);
        transfer(model, from(source))
                .fails(new ReportedError(
                        ProblemCode.NAME_COLLISION,
                        "checkpoint-path",
                        "`norm.gamma`, `norm.weight` of the checkpoint would all fill `norm.weight`",
                        "give a `rename` rule that moves all but one of them elsewhere"));
    }

    @Test
    void aRuleMayNotMoveAnEntryOntoAnother() {
        transfer(
                        m43(),
                        from(ModelFixture.empty().linear("encoder", 4, 3, 7).linear("other", 4, 3, 1))
                                .rename("other.bias", "encoder.bias"))
                .fails(new ReportedError(
                        ProblemCode.NAME_COLLISION,
                        "rename",
                        "`encoder.bias`, `other.bias` of the checkpoint would all fill `encoder.bias`",
                        "give a `rename` rule that moves all but one of them elsewhere"));
    }

    @Test
    void theFirstRuleThatFitsTakesAKey() {
        ModelFixture source = ModelFixture.empty().linear("old", 4, 3, 7);
        ModifierRun run = transfer(
                        m43(), from(source).rename("old.bias", "unused.bias").rename("old", "encoder"))
                .succeeds();
        assertEquals(List.of("encoder.weight"), run.assigned());
        assertEquals(List.of(new Skipped("old.bias", SkipReason.NOT_IN_MODEL, "as `unused.bias`")), run.skipped());
    }

    @Test
    void rulesSeeKeysAfterThePrefixStep() {
        ModelFixture source =
                ModelFixture.empty().linear("model.model.enc", 4, 3, 7).linear("model.model.decoder", 3, 2, 7);
        ModifierRun run =
                transfer(m43(), from(source).strict().rename("enc", "encoder")).succeeds();
        run.hasValues("encoder.weight", 7);
        assertEquals(List.of("prefix `model.model.` stripped from 4 of 4 keys of the checkpoint"), run.warnings());
    }

    @Test
    void aPrefixThatOccursNowhereIsAnError() {
        transfer(m43(), from(sevens()).prefix("net"))
                .fails(new ReportedError(
                        ProblemCode.UNMATCHED_RULE,
                        "prefix",
                        "neither a key of `source.safetensors` nor a name of the model starts with `net.`",
                        "the checkpoint has `decoder.bias`, `decoder.weight`, `encoder.bias`, `encoder.weight`;"
                                + " the model has `decoder.bias`, `decoder.weight`, `encoder.bias`, `encoder.weight`"));
    }

    @Test
    void anExplicitPrefixIsAddedWhenTheKeysLackIt() {
        ModelDraft model = ModelFixture.empty().linear("net.encoder", 4, 3, 0).draft();
        ModifierRun run = transfer(model, from(sevens()).prefix("net")).succeeds();
        run.hasValues("net.encoder.weight", 7);
        assertEquals(List.of("net.encoder.weight", "net.encoder.bias"), run.assigned());
    }

    @Test
    void loadingTwiceIsTheSameAsOnce() {
        ModelDraft model = m43().draft();
        Path source = sevens().save(folder, "source");
        List<Double> once = transfer(model, Options.from(source)).succeeds().values("encoder.weight");
        List<Double> twice =
                transfer(model, Options.from(source).override()).succeeds().values("encoder.weight");
        assertEquals(once, twice);
        assertEquals(4, model.tensors().size());
    }

    @Test
    void whatCannotBeConvertedIsLeftOut() {
        ModelDraft model = ModelFixture.empty()
                .with("w", DType.F32, Shape.of(2), 0)
                .with("v", Shape.of(2), 0)
                .draft();
        Path complex = Fixtures.file("complex.safetensors");
        ModifierRun run = transfer(model, Options.from(complex)).succeeds();
        assertEquals(List.of("v"), run.assigned());
        assertEquals(
                List.of(new Skipped("w", SkipReason.DTYPE_REFUSED, "C64 in the checkpoint, F32 in the model")),
                run.skipped());
    }

    @Test
    void aMissingFileIsTheOpenersToReport() {
        Options options = Options.from(folder.resolve("absent.ckpt"));
        assertThrows(CheckpointException.class, () -> transfer(m43(), options));
    }

    @Test
    void manyTensorsArePlannedInAMoment() {
        ModelFixture source = ModelFixture.empty();
        ModelFixture model = ModelFixture.empty();
        for (int layer = 0; layer < 5_000; layer++) {
            source.norm("model.model.processor." + layer + ".norm", 1, layer);
            model.norm("processor." + layer + ".norm", 1, 0);
        }
        ModifierRun run = transfer(model.draft(), from(source).rename("processor.*.norm", "processor.$1.norm"))
                .succeeds();
        assertEquals(10_000, run.assigned().size());
        run.hasValues("processor.4999.norm.weight", 4_999);
    }
}
