package io.graft.modifiers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.graft.model.tree.Selector;
import io.graft.modifiers.freezing.FreezingModelModifier;
import io.graft.modifiers.freezing.FreezingOptions;
import io.graft.modifiers.transfer.TransferLearningModelModifier;
import io.graft.problem.ProblemCode;
import io.graft.registry.PlugRegistry;
import io.graft.registry.RegisteredPlug;
import io.graft.testkit.ModifierTester;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The modifiers as the registry finds them and a configuration makes them. */
class ConfiguredModifiersTest {
    private final ModifierTester freezing = ModifierTester.of(FreezingModelModifier.class);
    private final ModifierTester transferLearning = ModifierTester.of(TransferLearningModelModifier.class);

    private static List<Selector> selectors(String... texts) {
        return Stream.of(texts).map(Selector::parse).toList();
    }

    @Test
    void allAreFoundAndDescribed() {
        PlugRegistry registry = PlugRegistry.discover(getClass().getClassLoader());
        assertEquals(List.of(), registry.problems());
        assertEquals(
                List.of("casting", "freezing", "initialize", "renaming", "replace-module", "transfer-learning"),
                registry.modifiers().stream().map(RegisteredPlug::id).toList());
        freezing.providerIsHealthy();
        transferLearning.providerIsHealthy();
    }

    @Test
    void bothHaveTheNamesOfTheReferenceSystem() {
        assertInstanceOf(
                FreezingModelModifier.class,
                freezing.modifier("_target_ = anemoi.training.train.modify.FreezingModelModifier,"
                        + " submodules_to_freeze = [encoder]"));
        assertInstanceOf(
                TransferLearningModelModifier.class,
                transferLearning.modifier("_target_ = anemoi.training.train.modify.TransferLearningModelModifier,"
                        + " checkpoint_path = a.ckpt"));
    }

    @Test
    void freezingHasTheDefaultsOfItsDocumentation() {
        freezing.defaults("", new FreezingOptions(List.of(), true, List.of()));
    }

    @Test
    void everyOptionOfFreezingIsBound() {
        freezing.mapsEveryKey(
                "submodules-to-freeze = [encoder, \"processor.*\"], strict = false, except = [\"**.bias\"]",
                new FreezingOptions(selectors("encoder", "processor.*"), false, selectors("**.bias")));
    }

    @Test
    void freezingIsStrictByDefault() {
        Fixtures.m43()
                .apply(freezing.modifier("submodules-to-freeze = [nope]"))
                .fails(ProblemCode.UNMATCHED_SELECTOR, "submodules-to-freeze[0]");
    }

    @Test
    void g12TheEmptyTextIsAConfigurationError() {
        assertEquals(
                "a selector must not be empty",
                freezing.rejects(
                                "submodules-to-freeze = [\"\"]", ProblemCode.MALFORMED_VALUE, "submodules-to-freeze[0]")
                        .message());
    }

    @Test
    void g15ATextInPlaceOfAListIsAConfigurationError() {
        assertEquals(
                "expected a list, found the text `encoder`",
                freezing.rejects("submodules-to-freeze = encoder", ProblemCode.WRONG_TYPE, "submodules-to-freeze")
                        .message());
    }

    @Test
    void g16AnEmptyListBinds() {
        Fixtures.m43()
                .apply(freezing.modifier("submodules-to-freeze = []"))
                .warns("`submodules-to-freeze` is empty: nothing is frozen");
    }

    @Test
    void transferLearningDoesWhatItsDocumentationSays() {
        Fixtures.m43()
                .apply(transferLearning.modifier("checkpoint-path = \"" + Fixtures.file("m43/mismatched.pt") + "\""))
                .succeeds()
                .hasValues("encoder.weight", 7)
                .misses("decoder.weight");
    }

    @Test
    void everyMistakeIsToldAtOnce() {
        assertEquals(
                List.of(
                        "record-constructor-rejected rename[0]: modifier `transfer-learning` refuses these values in `rename[0]`:"
                                + " `$1` refers to $1, and the number of groups in `a` is 0",
                        "unknown-enum buffers: expected one of: load, keep",
                        "out-of-range min-coverage: must be between 0 and 1",
                        "record-constructor-rejected align[0]: modifier `transfer-learning` refuses these values in `align[0]`:"
                                + " `source` and `model` have no name in common; `names` can pair them"),
                transferLearning.rejects("""
                                checkpoint-path = a.ckpt
                                rename = [{ from = a, to = "$1" }]
                                buffers = drop
                                min-coverage = 1.5
                                align = [{ tensor = w, source = [a], model = [b] }]
                                """).stream()
                        .map(problem -> problem.code().id() + " " + problem.path() + ": " + problem.message())
                        .toList());
    }
}
