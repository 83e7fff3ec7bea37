package io.graft.modifiers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.fail;

import io.graft.config.Bound;
import io.graft.config.ConfigCursor;
import io.graft.model.ModelDraft;
import io.graft.modifiers.freezing.FreezingModelModifier;
import io.graft.modifiers.transfer.TransferLearningModelModifier;
import io.graft.registry.BoundModifier;
import io.graft.registry.ModifierRegistry;
import io.graft.registry.RegisteredModifier;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The modifiers as the registry finds them and a configuration makes them. */
class ConfiguredModifiersTest {
    private final ModifierRegistry registry =
            ModifierRegistry.discover(getClass().getClassLoader());

    private BoundModifier bind(String hocon) {
        Bound<BoundModifier> bound = registry.bind(0, ConfigCursor.literal(hocon));
        assertEquals(List.of(), bound.problems());
        return bound instanceof Bound.Ok<BoundModifier> ok ? ok.value() : fail("not bound");
    }

    private List<String> problems(String hocon) {
        return registry.bind(0, ConfigCursor.literal(hocon)).problems().stream()
                .map(problem -> problem.code().id() + " " + problem.path() + ": " + problem.message())
                .toList();
    }

    @Test
    void bothAreFoundWithTheNamesOfTheReferenceSystem() {
        assertEquals(List.of(), registry.problems());
        assertEquals(
                List.of("freezing", "transfer-learning"),
                registry.modifiers().stream()
                        .map(RegisteredModifier::id)
                        .sorted()
                        .toList());
        assertInstanceOf(
                FreezingModelModifier.class,
                bind("{ _target_ = anemoi.training.train.modify.FreezingModelModifier, submodules_to_freeze = [encoder] }")
                        .modifier());
        assertInstanceOf(
                TransferLearningModelModifier.class,
                bind("{ _target_ = anemoi.training.train.modify.TransferLearningModelModifier, checkpoint_path = a.ckpt }")
                        .modifier());
    }

    @Test
    void freezingIsStrictByDefault() {
        RecordingContext context = new RecordingContext();
        bind("{ type = freezing, submodules-to-freeze = [nope] }")
                .modifier()
                .apply(Weights.draft(Weights.fixture("m43/init.safetensors")), context);
        assertEquals("submodules-to-freeze[0]", context.errors.get(0).key());
    }

    @Test
    void g12TheEmptyTextIsAConfigurationError() {
        assertEquals(
                List.of("malformed-value submodules-to-freeze[0]: a selector must not be empty"),
                problems("{ type = freezing, submodules-to-freeze = [\"\"] }"));
    }

    @Test
    void g15ATextInPlaceOfAListIsAConfigurationError() {
        assertEquals(
                List.of("wrong-type submodules-to-freeze: expected a list, found the text `encoder`"),
                problems("{ type = freezing, submodules-to-freeze = encoder }"));
    }

    @Test
    void g16AnEmptyListBinds() {
        RecordingContext context = new RecordingContext();
        bind("{ type = freezing, submodules-to-freeze = [] }")
                .modifier()
                .apply(Weights.draft(Weights.fixture("m43/init.safetensors")), context);
        assertEquals(List.of("`submodules-to-freeze` is empty: nothing is frozen"), context.warnings);
    }

    @Test
    void transferLearningHasTheDefaultsOfItsDocumentation() {
        Path source = Weights.fixture("m43/mismatched.pt");
        ModelDraft model = Weights.draft(Weights.fixture("m43/init.safetensors"));
        RecordingContext context = new RecordingContext();
        bind("{ type = transfer-learning, checkpoint-path = \"" + source + "\" }")
                .modifier()
                .apply(model, context);
        assertEquals(List.of(), context.errors);
        assertEquals(2, context.skipped.size());
        assertEquals(Weights.full(12, 7), Weights.values(model, "encoder.weight"));
    }

    @Test
    void everyMistakeIsToldAtOnce() {
        assertEquals(
                List.of(
                        "out-of-range min-coverage: must be between 0 and 1",
                        "record-constructor-rejected rename[0]: modifier `transfer-learning` refuses these values in `rename[0]`:"
                                + " `$1` refers to $1, and the number of groups in `a` is 0",
                        "unknown-enum buffers: expected one of: load, keep",
                        "record-constructor-rejected align[0]: modifier `transfer-learning` refuses these values in `align[0]`:"
                                + " `source` and `model` have no name in common; `names` can pair them"),
                problems("""
                        {
                          type = transfer-learning
                          checkpoint-path = a.ckpt
                          buffers = drop
                          min-coverage = 1.5
                          rename = [{ from = a, to = "$1" }]
                          align = [{ tensor = w, source = [a], model = [b] }]
                        }"""));
    }
}
