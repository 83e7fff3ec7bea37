package io.graft.modifiers.transfer;

import static io.graft.modifiers.Weights.full;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.SkipReason;
import io.graft.Skipped;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.DType;
import io.graft.checkpoint.Shape;
import io.graft.config.ProblemCode;
import io.graft.model.ModelDraft;
import io.graft.modifiers.RecordingContext;
import io.graft.modifiers.RecordingContext.ReportedError;
import io.graft.modifiers.Weights;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the options do beyond the reference system's scenarios. */
class TransferLearningModelModifierTest {
    @TempDir
    Path folder;

    private static ModelDraft m43() {
        return Weights.draft(Weights.fixture("m43/init.safetensors"));
    }

    private static Weights sevens() {
        return new Weights().linear("encoder", 4, 3, 7).linear("decoder", 3, 2, 7);
    }

    private Options from(Weights source) {
        return Options.from(source.save(folder, "source"));
    }

    @Test
    void withoutDetectionAPrefixedCheckpointFitsNothing() {
        Options options =
                Options.from(Weights.fixture("m43/full7-lightning.ckpt")).prefix("none");
        TransferRun run = TransferRun.of(m43(), options)
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

    @Test
    void nothingLoadedIsAllowedOnRequest() {
        TransferRun run = TransferRun.of(
                        m43(), from(new Weights().with("x", Shape.of(1), 0)).minCoverage(0))
                .succeeds();
        assertEquals(List.of(), run.loaded());
        assertEquals(List.of(new Skipped("x", SkipReason.NOT_IN_MODEL, "")), run.skipped());
    }

    @Test
    void nothingToFillIsAnError() {
        TransferRun.of(m43(), from(sevens()).exclude("**"))
                .fails(new ReportedError(
                        ProblemCode.NOTHING_LOADED,
                        "checkpoint-path",
                        "`source.safetensors` fills 0 of 0 tensors (0.0 %) and 0 of 0 elements (0.0 %)",
                        "`include`, `exclude` and `buffers` leave no tensor to fill"));
    }

    @Test
    void strictWantsEveryTensorAndEveryEntryAndTellsAllAtOnce() {
        Weights source = new Weights()
                .with("encoder.weight", Shape.of(3, 4), 7)
                .with("decoder.weight", Shape.of(9, 3), 7)
                .with("extra.weight", Shape.of(1), 7);
        TransferRun.of(m43(), from(source).strict())
                .fails(
                        new ReportedError(
                                ProblemCode.SHAPE_MISMATCH,
                                "strict",
                                "`decoder.weight` does not fit: [9, 3] in the checkpoint, [2, 3] in the model",
                                "exclude the tensor, rename the entry, or let skip-mismatched be true and strict false"),
                        new ReportedError(
                                ProblemCode.UNEXPECTED_TENSOR,
                                "strict",
                                "1 of the tensors in `source.safetensors` have no place in the model: `extra.weight`",
                                "rename them, or let on-unexpected be ignore and strict false"),
                        new ReportedError(
                                ProblemCode.MISSING_TENSOR,
                                "strict",
                                "2 of the model's tensors are not filled by `source.safetensors`: `decoder.bias`, `encoder.bias`",
                                "rename entries, exclude the tensors, or let strict be false"));
    }

    @Test
    void strictIsContentWhenAllFits() {
        assertEquals(
                4,
                TransferRun.of(m43(), from(sevens()).strict())
                        .succeeds()
                        .loaded()
                        .size());
    }

    @Test
    void whatIsLeftOutOnPurposeIsNotMissing() {
        TransferRun run = TransferRun.of(
                        m43(),
                        from(sevens())
                                .strict()
                                .include("encoder", "decoder.bias")
                                .exclude("encoder.bias"))
                .succeeds();
        assertEquals(List.of("decoder.bias", "encoder.weight"), run.loaded());
        assertEquals(List.of(), run.missing());
        assertEquals(
                List.of(
                        new Skipped("decoder.weight", SkipReason.EXCLUDED, "not in `include`"),
                        new Skipped("encoder.bias", SkipReason.EXCLUDED, "`exclude` has `encoder.bias`")),
                run.skipped());
    }

    @Test
    void everySelectorMustMatch() {
        TransferRun.of(m43(), from(sevens()).include("encodr").exclude("decoder", "head"))
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
        ModelDraft model = Weights.draft(Weights.fixture("epd/model.safetensors"));
        List<Float> mean = Weights.values(model, "norm.running_mean");
        TransferRun run = TransferRun.of(
                        model,
                        Options.from(Weights.fixture("epd/pretrained.ckpt"))
                                .keepBuffers()
                                .strict())
                .succeeds();
        assertEquals(36, run.loaded().size());
        assertEquals(mean, run.values("norm.running_mean"));
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

    @Test
    void aSelectorKeepsOneBuffer() {
        ModelDraft model = Weights.draft(Weights.fixture("epd/model.safetensors"));
        List<Float> latlons = Weights.values(model, "latlons");
        TransferRun run = TransferRun.of(
                        model,
                        Options.from(Weights.fixture("epd/pretrained.ckpt")).exclude("latlons"))
                .succeeds();
        assertEquals(latlons, run.values("latlons"));
        assertEquals(
                List.of(new Skipped("model.model.latlons", SkipReason.EXCLUDED, "`exclude` has `latlons`")),
                run.skipped());
    }

    @Test
    void newPartsOfAModelAreListedAsMissing() {
        ModelDraft model = Weights.draft(Weights.fixture("epd/two-decoders.safetensors"));
        TransferRun run = TransferRun.of(model, Options.from(Weights.fixture("epd/pretrained.ckpt")))
                .succeeds();
        assertEquals(
                List.of("decoder.lam.bias", "decoder.lam.weight", "encoder.lam.bias", "encoder.lam.weight"),
                run.missing());
        assertEquals(List.of(), run.skipped());
    }

    @Test
    void aKeyMeansATensorByItsAlias() {
        ModelDraft model = new Weights()
                .norm("norm", 2, 0)
                .alias("norm.weight", "gamma")
                .alias("norm.bias", "beta")
                .draft();
        Weights source = new Weights().with("old.gamma", Shape.of(2), 1).with("old.beta", Shape.of(2), 2);
        TransferRun run =
                TransferRun.of(model, from(source).rename("old", "norm")).succeeds();
        assertEquals(full(2, 1), run.values("norm.weight"));
        assertEquals(full(2, 2), run.values("norm.bias"));
    }

    @Test
    void twoEntriesForOneTensorAreACollision() {
        ModelDraft model =
                new Weights().norm("norm", 2, 0).alias("norm.weight", "gamma").draft();
        Weights source = new Weights().with("norm.gamma", Shape.of(2), 1).with("norm.weight", Shape.of(2), 2);
        TransferRun.of(model, from(source))
                .fails(new ReportedError(
                        ProblemCode.NAME_COLLISION,
                        "checkpoint-path",
                        "`norm.gamma`, `norm.weight` of the checkpoint would all fill `norm.weight`",
                        "give a `rename` rule that moves all but one of them elsewhere"));
    }

    @Test
    void aRuleMayNotMoveAnEntryOntoAnother() {
        TransferRun.of(
                        m43(),
                        from(new Weights().linear("encoder", 4, 3, 7).linear("other", 4, 3, 1))
                                .rename("other.bias", "encoder.bias"))
                .fails(new ReportedError(
                        ProblemCode.NAME_COLLISION,
                        "rename",
                        "`encoder.bias`, `other.bias` of the checkpoint would all fill `encoder.bias`",
                        "give a `rename` rule that moves all but one of them elsewhere"));
    }

    @Test
    void theFirstRuleThatFitsTakesAKey() {
        Weights source = new Weights().linear("old", 4, 3, 7);
        TransferRun run = TransferRun.of(
                        m43(), from(source).rename("old.bias", "unused.bias").rename("old", "encoder"))
                .succeeds();
        assertEquals(List.of("encoder.weight"), run.loaded());
        assertEquals(List.of(new Skipped("old.bias", SkipReason.NOT_IN_MODEL, "as `unused.bias`")), run.skipped());
    }

    @Test
    void rulesSeeKeysAfterThePrefixStep() {
        Weights source = new Weights().linear("model.model.enc", 4, 3, 7).linear("model.model.decoder", 3, 2, 7);
        TransferRun run = TransferRun.of(m43(), from(source).strict().rename("enc", "encoder"))
                .succeeds();
        assertEquals(full(12, 7), run.values("encoder.weight"));
        assertEquals(List.of("prefix `model.model.` stripped from 4 of 4 keys of the checkpoint"), run.warnings());
    }

    @Test
    void aPrefixThatOccursNowhereIsAnError() {
        TransferRun.of(m43(), from(sevens()).prefix("net"))
                .fails(new ReportedError(
                        ProblemCode.UNMATCHED_RULE,
                        "prefix",
                        "neither a key of `source.safetensors` nor a name of the model starts with `net.`",
                        "the checkpoint has `decoder.bias`, `decoder.weight`, `encoder.bias`, `encoder.weight`;"
                                + " the model has `decoder.bias`, `decoder.weight`, `encoder.bias`, `encoder.weight`"));
    }

    @Test
    void anExplicitPrefixIsAddedWhenTheKeysLackIt() {
        ModelDraft model = new Weights().linear("net.encoder", 4, 3, 0).draft();
        TransferRun run = TransferRun.of(model, from(sevens()).prefix("net")).succeeds();
        assertEquals(full(12, 7), run.values("net.encoder.weight"));
        assertEquals(List.of("net.encoder.weight", "net.encoder.bias"), run.loaded());
    }

    @Test
    void loadingTwiceIsTheSameAsOnce() {
        ModelDraft model = m43();
        Path source = sevens().save(folder, "source");
        TransferRun.of(model, Options.from(source)).succeeds();
        List<Float> once = Weights.values(model, "encoder.weight");
        TransferRun.of(model, Options.from(source)).succeeds();
        assertEquals(once, Weights.values(model, "encoder.weight"));
        assertEquals(4, model.tensors().size());
    }

    @Test
    void whatCannotBeConvertedIsLeftOut() {
        ModelDraft model = new Weights()
                .with("w", DType.F32, Shape.of(2), 0)
                .with("v", Shape.of(2), 0)
                .draft();
        Path complex = Weights.fixture("complex.safetensors");
        TransferRun run = TransferRun.of(model, Options.from(complex)).succeeds();
        assertEquals(List.of("v"), run.loaded());
        assertEquals(
                List.of(new Skipped("w", SkipReason.DTYPE_REFUSED, "C64 in the checkpoint, F32 in the model")),
                run.skipped());
    }

    @Test
    void aMissingFileIsTheOpenersToReport() {
        TransferLearningModelModifier modifier = new TransferLearningModelModifier(
                Options.from(folder.resolve("absent.ckpt")).options());
        assertThrows(CheckpointException.class, () -> modifier.apply(m43(), new RecordingContext()));
    }

    @Test
    void manyTensorsArePlannedInAMoment() {
        Weights source = new Weights();
        Weights model = new Weights();
        for (int layer = 0; layer < 5_000; layer++) {
            source.norm("model.model.processor." + layer + ".norm", 1, layer);
            model.norm("processor." + layer + ".norm", 1, 0);
        }
        TransferRun run = TransferRun.of(model.draft(), from(source).rename("processor.*.norm", "processor.$1.norm"))
                .succeeds();
        assertEquals(10_000, run.loaded().size());
        assertEquals(List.of(4_999f), run.values("processor.4999.norm.weight"));
    }
}
