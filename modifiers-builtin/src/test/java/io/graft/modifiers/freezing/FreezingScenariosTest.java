package io.graft.modifiers.freezing;

import static io.graft.modifiers.Fixtures.m43;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.model.tree.Selector;
import io.graft.modifiers.Fixtures;
import io.graft.problem.ProblemCode;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ReportedError;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The freezing scenarios of the reference system, by their ids. */
class FreezingScenariosTest {
    private static ModelFixture processor(int layers) {
        ModelFixture model = ModelFixture.empty();
        for (int layer = 0; layer < layers; layer++) {
            model.linear("processor." + layer, 2, 2, 0);
        }
        return model;
    }

    private static FreezingOptions options(boolean strict, String... selectors) {
        return new FreezingOptions(selectors(selectors), strict, List.of());
    }

    private static List<Selector> selectors(String... texts) {
        return Stream.of(texts).map(Selector::parse).toList();
    }

    private static FreezingModelModifier freezing(String... selectors) {
        return new FreezingModelModifier(options(true, selectors));
    }

    private static FreezingModelModifier lenient(String... selectors) {
        return new FreezingModelModifier(options(false, selectors));
    }

    private static FreezingModelModifier allBut(String exception) {
        return new FreezingModelModifier(new FreezingOptions(selectors("**"), true, selectors(exception)));
    }

    private static ReportedError unmatched(String key, String selector, String help) {
        return new ReportedError(
                ProblemCode.UNMATCHED_SELECTOR, key, "`" + selector + "` matches nothing in the model", help);
    }

    @Test
    void g2FreezesOneOfTwo() {
        processor(2)
                .apply(freezing("processor.0"))
                .succeeds()
                .warns()
                .freezes("processor.0.weight", "processor.0.bias")
                .hasTrainable("processor.1.weight", "processor.1.bias");
    }

    @Test
    void g3OneIsNotTenOrEleven() {
        ModifierRun run = processor(12)
                .apply(freezing("processor.1"))
                .succeeds()
                .warns()
                .freezes("processor.1.weight", "processor.1.bias");
        assertEquals(22, run.trainable().size());
    }

    @Test
    void g4FreezesExactlyThatNestedModule() {
        ModelFixture model = ModelFixture.empty();
        for (String branch : List.of("a", "b")) {
            model.linear(branch + ".lin1", 2, 2, 0)
                    .linear(branch + ".sequential.0", 2, 2, 0)
                    .linear(branch + ".sequential.1", 2, 2, 0);
        }
        model.apply(freezing("a.sequential.0"))
                .succeeds()
                .warns()
                .freezes("a.sequential.0.weight", "a.sequential.0.bias");
    }

    private static ModelFixture twoOfOneName() {
        return ModelFixture.empty().linear("encoder.data", 2, 2, 0).linear("decoder.data", 2, 2, 0);
    }

    @Test
    void g6ABareNameMatchesNothingAndSaysWhatItMayMean() {
        twoOfOneName()
                .apply(lenient("data"))
                .succeeds()
                .changesNothing()
                .warns("submodules-to-freeze[0]: `data` matches nothing in the model and is passed over; did you mean"
                        + " `encoder.data` or `decoder.data`?");
    }

    @Test
    void g7StrictlyThatIsAnError() {
        twoOfOneName()
                .apply(freezing("encoder", "data"))
                .fails(unmatched("submodules-to-freeze[1]", "data", "did you mean `encoder.data` or `decoder.data`?"))
                .changesNothing()
                .warns();
    }

    @Test
    void wordsWithoutACommaAreOneName() {
        m43().apply(freezing("encoder decoder"))
                .fails(unmatched(
                        "submodules-to-freeze[0]", "encoder decoder", "is a comma missing? write [encoder, decoder]"))
                .changesNothing();
    }

    @Test
    void g8FreezesTheRestAndListsTheUnmatchedName() {
        m43().apply(lenient("nope", "encoder"))
                .succeeds()
                .freezes("encoder.bias", "encoder.weight")
                .warns(
                        "submodules-to-freeze[0]: `nope` matches nothing in the model and is passed over; the model's top"
                                + " level has `decoder`, `encoder`");
    }

    @Test
    void g10FrozenAlreadyIsNoError() {
        m43().apply(freezing("encoder"))
                .then(freezing("encoder"))
                .succeeds()
                .warns()
                .changesNothing()
                .hasTrainable("decoder.bias", "decoder.weight");
    }

    @Test
    void g11ARepeatedEntryCountsOnce() {
        m43().apply(freezing("encoder", "encoder")).succeeds().warns().freezes("encoder.bias", "encoder.weight");
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
        m43().apply(freezing("enc*")).succeeds().warns().freezes("encoder.bias", "encoder.weight");
        processor(6)
                .apply(freezing("re:processor\\.[0-3]"))
                .succeeds()
                .warns()
                .hasTrainable("processor.4.weight", "processor.4.bias", "processor.5.weight", "processor.5.bias");
        assertEquals(
                "`{0-3}` is neither a name nor a pattern: a path knows `*` and `**`; for more write `re:` and a regular expression",
                assertThrows(IllegalArgumentException.class, () -> options(true, "processor.{0-3}"))
                        .getMessage());
    }

    @Test
    void g16AnEmptyListIsAReportedNoOp() {
        m43().apply(freezing()).succeeds().changesNothing().warns("`submodules-to-freeze` is empty: nothing is frozen");
    }

    @Test
    void g22FreezesEverythingExcept() {
        ModelFixture.empty()
                .linear("encoder", 2, 2, 0)
                .linear("decoder.old", 2, 2, 0)
                .linear("decoder.new", 2, 2, 0)
                .apply(allBut("decoder.new"))
                .succeeds()
                .warns()
                .hasTrainable("decoder.new.weight", "decoder.new.bias");
    }

    @Test
    void g22AnExceptionWithoutMatchIsAnError() {
        m43().apply(allBut("decodr"))
                .fails(unmatched("except[0]", "decodr", "did you mean `decoder`?"))
                .changesNothing();
    }

    @Test
    void g22AnExceptionWithoutEffectIsReported() {
        m43().apply(new FreezingModelModifier(new FreezingOptions(selectors("encoder"), true, selectors("decoder"))))
                .warns("`decoder` in `except` is not among what would be frozen");
    }

    @Test
    void g23TwoModifiersHaveTheirOwnChanges() {
        processor(3)
                .apply(freezing("processor.0"))
                .succeeds()
                .warns()
                .freezes("processor.0.weight", "processor.0.bias")
                .then(freezing("processor.2"))
                .succeeds()
                .warns()
                .freezes("processor.2.weight", "processor.2.bias");
    }

    @Test
    void g24ARepeatedRunChangesNothingMore() {
        FreezingModelModifier modifier = freezing("encoder");
        m43().apply(modifier)
                .freezes("encoder.bias", "encoder.weight")
                .then(modifier)
                .succeeds()
                .warns()
                .changesNothing();
    }

    @Test
    void g26AWrappedModelIsAnErrorWithTheFullPath() {
        ModelFixture.empty()
                .linear("model.model.encoder", 4, 3, 0)
                .linear("model.model.decoder", 3, 2, 0)
                .apply(freezing("encoder"))
                .fails(unmatched("submodules-to-freeze[0]", "encoder", "did you mean `model.model.encoder`?"))
                .changesNothing();
    }

    @Test
    void freezingEverythingIsReported() {
        m43().apply(freezing("encoder", "decoder"))
                .hasTrainable()
                .warns("no trainable parameters left: all 4 of the model are frozen");
    }

    @Test
    void aModelOfBuffersHasNothingToTrainBeforeAndAfter() {
        ModelFixture.empty()
                .with("norm.mean", Shape.of(2), 1)
                .buffers("norm.mean")
                .apply(freezing("norm"))
                .changesNothing()
                .warns("`norm` has no parameters to freeze");
    }

    @Test
    void buffersAreNeverTrainedAndNotCounted() {
        Fixtures.epd()
                .apply(freezing("norm"))
                .succeeds()
                .warns()
                .freezes("norm.bias", "norm.weight")
                .then(freezing("latlons"))
                .changesNothing()
                .warns("`latlons` has no parameters to freeze");
    }

    @Test
    void aModuleWithoutParametersIsReported() {
        m43().module("act", "ReLU").apply(freezing("act")).changesNothing().warns("`act` has no parameters to freeze");
    }

    @Test
    void aSingleTensorCanBeFrozen() {
        m43().apply(freezing("encoder.weight")).succeeds().warns().freezes("encoder.weight");
    }

    private static ModelFixture tied() {
        return ModelFixture.empty()
                .with("embedding.weight", Shape.of(4, 2), 1)
                .linear("encoder", 2, 2, 0)
                .tie("head.weight", "embedding.weight");
    }

    @Test
    void aTiedTensorIsFrozenUnderBothNamesAndReported() {
        tied().apply(freezing("embedding"))
                .freezes("embedding.weight", "head.weight")
                .warns("`head.weight` is the same tensor as `embedding.weight` and is frozen with it");
    }

    @Test
    void aTensorCannotStayTrainableUnderOneOfItsNames() {
        tied().apply(new FreezingModelModifier(new FreezingOptions(
                        selectors("embedding", "encoder"), true, selectors("encoder.bias", "head"))))
                .changesNothing()
                .fails(new ReportedError(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "except[1]",
                        "`head` keeps `head.weight` trainable, which is one tensor with `embedding.weight`, and that would be"
                                + " frozen",
                        "give all names of the tensor as exceptions, or none"));
        tied().apply(new FreezingModelModifier(
                        new FreezingOptions(selectors("**"), true, selectors("embedding", "head"))))
                .succeeds()
                .freezes("encoder.weight", "encoder.bias");
    }

    @Test
    void aTieWithinTheSelectionIsNotWorthAWord() {
        tied().apply(freezing("embedding", "head")).succeeds().warns().freezes("embedding.weight", "head.weight");
        tied().apply(freezing("**")).warns("no trainable parameters left: all 3 of the model are frozen");
    }
}
