package io.graft.modifiers.freezing;

import static io.graft.modifiers.Weights.trainable;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.Shape;
import io.graft.config.ProblemCode;
import io.graft.model.Change;
import io.graft.model.ModelDraft;
import io.graft.model.ModuleSpec;
import io.graft.model.Selector;
import io.graft.modifiers.RecordingContext;
import io.graft.modifiers.RecordingContext.ReportedError;
import io.graft.modifiers.Weights;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The freezing scenarios of the reference system, by their ids. */
class FreezingScenariosTest {
    private final RecordingContext context = new RecordingContext();

    private static ModelDraft m43() {
        return Weights.draft(Weights.fixture("m43/init.safetensors"));
    }

    private static Weights processor(int layers) {
        Weights weights = new Weights();
        for (int layer = 0; layer < layers; layer++) {
            weights.linear("processor." + layer, 2, 2, 0);
        }
        return weights;
    }

    private static FreezingOptions options(boolean strict, String... selectors) {
        return new FreezingOptions(selectors(selectors), strict, List.of());
    }

    private static List<Selector> selectors(String... texts) {
        return Stream.of(texts).map(Selector::parse).toList();
    }

    private List<Change> apply(ModelDraft model, FreezingOptions options) {
        int before = model.changes().size();
        new FreezingModelModifier(options).apply(model, context);
        return List.copyOf(model.changes().subList(before, model.changes().size()));
    }

    private static List<Change> frozen(String... names) {
        return Stream.of(names).<Change>map(Change.Frozen::new).toList();
    }

    private void assertSilent() {
        assertEquals(List.of(), context.warnings);
        assertEquals(List.of(), context.errors);
    }

    @Test
    void g2FreezesOneOfTwo() {
        ModelDraft model = processor(2).draft();
        assertEquals(frozen("processor.0.weight", "processor.0.bias"), apply(model, options(true, "processor.0")));
        assertEquals(List.of("processor.1.weight", "processor.1.bias"), trainable(model));
        assertSilent();
    }

    @Test
    void g3OneIsNotTenOrEleven() {
        ModelDraft model = processor(12).draft();
        assertEquals(frozen("processor.1.weight", "processor.1.bias"), apply(model, options(true, "processor.1")));
        assertEquals(22, trainable(model).size());
        assertSilent();
    }

    @Test
    void g4FreezesExactlyThatNestedModule() {
        Weights weights = new Weights();
        for (String branch : List.of("a", "b")) {
            weights.linear(branch + ".lin1", 2, 2, 0)
                    .linear(branch + ".sequential.0", 2, 2, 0)
                    .linear(branch + ".sequential.1", 2, 2, 0);
        }
        assertEquals(
                frozen("a.sequential.0.weight", "a.sequential.0.bias"),
                apply(weights.draft(), options(true, "a.sequential.0")));
        assertSilent();
    }

    @Test
    void g6ABareNameMatchesNothingAndSaysWhatItMayMean() {
        ModelDraft model = new Weights()
                .linear("encoder.data", 2, 2, 0)
                .linear("decoder.data", 2, 2, 0)
                .draft();
        assertEquals(List.of(), apply(model, options(false, "data")));
        assertEquals(4, trainable(model).size());
        assertEquals(List.of(), context.errors);
        assertEquals(
                List.of("submodules-to-freeze[0]: `data` matches nothing in the model and is passed over; did you mean"
                        + " `encoder.data` or `decoder.data`?"),
                context.warnings);
    }

    @Test
    void g7StrictlyThatIsAnError() {
        ModelDraft model = new Weights()
                .linear("encoder.data", 2, 2, 0)
                .linear("decoder.data", 2, 2, 0)
                .draft();
        assertEquals(List.of(), apply(model, options(true, "encoder", "data")));
        assertEquals(4, trainable(model).size());
        assertEquals(
                List.of(new ReportedError(
                        ProblemCode.UNMATCHED_SELECTOR,
                        "submodules-to-freeze[1]",
                        "`data` matches nothing in the model",
                        "did you mean `encoder.data` or `decoder.data`?")),
                context.errors);
        assertEquals(List.of(), context.warnings);
    }

    @Test
    void g8FreezesTheRestAndListsTheUnmatchedName() {
        ModelDraft model = m43();
        assertEquals(frozen("encoder.bias", "encoder.weight"), apply(model, options(false, "nope", "encoder")));
        assertEquals(
                List.of(
                        "submodules-to-freeze[0]: `nope` matches nothing in the model and is passed over; the model's top level"
                                + " has `decoder`, `encoder`"),
                context.warnings);
        assertEquals(List.of(), context.errors);
    }

    @Test
    void g10FrozenAlreadyIsNoError() {
        ModelDraft model = m43();
        apply(model, options(true, "encoder"));
        assertEquals(List.of(), apply(model, options(true, "encoder")));
        assertEquals(List.of("decoder.bias", "decoder.weight"), trainable(model));
        assertSilent();
    }

    @Test
    void g11ARepeatedEntryCountsOnce() {
        assertEquals(frozen("encoder.bias", "encoder.weight"), apply(m43(), options(true, "encoder", "encoder")));
        assertSilent();
    }

    @Test
    void g12TheEmptyTextIsNoSelector() {
        assertEquals(
                "a selector must not be empty",
                assertThrows(IllegalArgumentException.class, () -> options(true, ""))
                        .getMessage());
    }

    @Test
    void g14PatternsAreExplicit() {
        assertEquals(frozen("encoder.bias", "encoder.weight"), apply(m43(), options(true, "enc*")));
        ModelDraft model = processor(6).draft();
        assertEquals(8, apply(model, options(true, "re:processor\\.[0-3]")).size());
        assertEquals(
                List.of("processor.4.weight", "processor.4.bias", "processor.5.weight", "processor.5.bias"),
                trainable(model));
        assertEquals(
                "`{0-3}` is neither a name nor a pattern: a path knows `*` and `**`; for more write `re:` and a regular expression",
                assertThrows(IllegalArgumentException.class, () -> options(true, "processor.{0-3}"))
                        .getMessage());
        assertSilent();
    }

    @Test
    void g16AnEmptyListIsAReportedNoOp() {
        assertEquals(List.of(), apply(m43(), options(true)));
        assertEquals(List.of("`submodules-to-freeze` is empty: nothing is frozen"), context.warnings);
        assertEquals(List.of(), context.errors);
    }

    @Test
    void g22FreezesEverythingExcept() {
        ModelDraft model = new Weights()
                .linear("encoder", 2, 2, 0)
                .linear("decoder.old", 2, 2, 0)
                .linear("decoder.new", 2, 2, 0)
                .draft();
        apply(model, new FreezingOptions(selectors("**"), true, selectors("decoder.new")));
        assertEquals(List.of("decoder.new.weight", "decoder.new.bias"), trainable(model));
        assertSilent();
    }

    @Test
    void g22AnExceptionWithoutMatchIsAnError() {
        ModelDraft model = m43();
        assertEquals(List.of(), apply(model, new FreezingOptions(selectors("**"), true, selectors("decodr"))));
        assertEquals(
                List.of(new ReportedError(
                        ProblemCode.UNMATCHED_SELECTOR,
                        "except[0]",
                        "`decodr` matches nothing in the model",
                        "did you mean `decoder`?")),
                context.errors);
    }

    @Test
    void g22AnExceptionWithoutEffectIsReported() {
        apply(m43(), new FreezingOptions(selectors("encoder"), true, selectors("decoder")));
        assertEquals(List.of("`decoder` in `except` is not among what would be frozen"), context.warnings);
    }

    @Test
    void g23TwoModifiersHaveTheirOwnChanges() {
        ModelDraft model = processor(3).draft();
        assertEquals(frozen("processor.0.weight", "processor.0.bias"), apply(model, options(true, "processor.0")));
        assertEquals(frozen("processor.2.weight", "processor.2.bias"), apply(model, options(true, "processor.2")));
        assertSilent();
    }

    @Test
    void g24ARepeatedRunChangesNothingMore() {
        ModelDraft model = m43();
        FreezingModelModifier modifier = new FreezingModelModifier(options(true, "encoder"));
        modifier.apply(model, context);
        modifier.apply(model, context);
        assertEquals(frozen("encoder.bias", "encoder.weight"), model.changes());
        assertSilent();
    }

    @Test
    void g26AWrappedModelIsAnErrorWithTheFullPath() {
        ModelDraft model = new Weights()
                .linear("model.model.encoder", 4, 3, 0)
                .linear("model.model.decoder", 3, 2, 0)
                .draft();
        assertEquals(List.of(), apply(model, options(true, "encoder")));
        assertEquals(
                List.of(new ReportedError(
                        ProblemCode.UNMATCHED_SELECTOR,
                        "submodules-to-freeze[0]",
                        "`encoder` matches nothing in the model",
                        "did you mean `model.model.encoder`?")),
                context.errors);
    }

    @Test
    void freezingEverythingIsReported() {
        ModelDraft model = m43();
        apply(model, options(true, "encoder", "decoder"));
        assertEquals(List.of(), trainable(model));
        assertEquals(List.of("no trainable parameters left: all 4 of the model are frozen"), context.warnings);
    }

    @Test
    void buffersAreNeverTrainedAndNotCounted() {
        ModelDraft model = Weights.draft(Weights.fixture("epd/model.safetensors"));
        assertEquals(frozen("norm.bias", "norm.weight"), apply(model, options(true, "norm")));
        assertSilent();
        assertEquals(List.of(), apply(model, options(true, "latlons")));
        assertEquals(List.of("`latlons` has no parameters to freeze"), context.warnings);
    }

    @Test
    void aModuleWithoutParametersIsReported() {
        ModelDraft model = new ModelDraft(List.of(new ModuleSpec("act", "ReLU", Set.of())), m43().tensors());
        assertEquals(List.of(), apply(model, options(true, "act")));
        assertEquals(List.of("`act` has no parameters to freeze"), context.warnings);
    }

    @Test
    void aSingleTensorCanBeFrozen() {
        assertEquals(frozen("encoder.weight"), apply(m43(), options(true, "encoder.weight")));
        assertSilent();
    }

    @Test
    void aTiedTensorIsFrozenUnderBothNamesAndReported() {
        ModelDraft model = new Weights()
                .with("embedding.weight", Shape.of(4, 2), 1)
                .linear("encoder", 2, 2, 0)
                .tie("head.weight", "embedding.weight")
                .draft();
        assertEquals(frozen("embedding.weight", "head.weight"), apply(model, options(true, "embedding")));
        assertEquals(
                List.of("`head.weight` is the same tensor as `embedding.weight` and is frozen with it"),
                context.warnings);
    }

    @Test
    void aTieWithinTheSelectionIsNotWorthAWord() {
        ModelDraft model = new Weights()
                .with("embedding.weight", Shape.of(4, 2), 1)
                .linear("encoder", 2, 2, 0)
                .tie("head.weight", "embedding.weight")
                .draft();
        assertEquals(frozen("embedding.weight", "head.weight"), apply(model, options(true, "embedding", "head")));
        assertSilent();
    }
}
