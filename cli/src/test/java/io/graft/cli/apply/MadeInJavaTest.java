package io.graft.cli.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.GraftException;
import io.graft.ModelModifier;
import io.graft.Plan;
import io.graft.apply.ModelModifierApplier;
import io.graft.cli.Place;
import io.graft.model.tree.Selector;
import io.graft.modifiers.freezing.FreezingModelModifier;
import io.graft.modifiers.freezing.FreezingOptions;
import io.graft.modifiers.freezing.FreezingOptions_Binder;
import io.graft.registry.PlugRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Graft's own modifiers, made by a program. */
class MadeInJavaTest {
    @TempDir
    Path folder;

    @Test
    void everyModifierTellsItsOptions() {
        List<String> silent = PlugRegistry.discover(getClass().getClassLoader()).modifiers().stream()
                .filter(modifier -> !modifier.descriptor().options().isEmpty())
                .map(modifier -> modifier.descriptor().className())
                .filter(MadeInJavaTest::isSilent)
                .toList();
        assertEquals(List.of(), silent);
    }

    private static boolean isSilent(String className) {
        try {
            Class<?> type = Class.forName(className);
            return type.getMethod("options").getDeclaringClass() != type;
        } catch (ReflectiveOperationException gone) {
            throw new LinkageError(className, gone);
        }
    }

    @Test
    void planIsThatOfAFile() {
        Place place = new Place(folder).with("m43/init.safetensors");
        place.config("init.safetensors", "{ type = freezing, submodules-to-freeze = [encoder] }");
        ModelModifierApplier applier = ModelModifierApplier.create(getClass().getClassLoader());
        Plan byFile = applier.configuration(place.path("x.conf")).plan();
        ModelModifier positional =
                new FreezingModelModifier(new FreezingOptions(List.of(Selector.parse("encoder")), true, List.of()));
        ModelModifier named = new FreezingModelModifier(
                new FreezingOptions_Binder().from(Map.of("submodules-to-freeze", List.of("encoder"))));
        for (ModelModifier made : List.of(positional, named)) {
            Plan plan = applier.model(place.path("init.safetensors"))
                    .configuration(made)
                    .plan();
            assertEquals(
                    byFile.modifiers().get(0).changes(), plan.modifiers().get(0).changes());
            assertEquals(
                    byFile.modifiers().get(0).origin(), plan.modifiers().get(0).origin());
            assertEquals(
                    Map.of("submodules-to-freeze", List.of("encoder"), "strict", true),
                    plan.modifiers().get(0).options());
            assertEquals(
                    byFile.modifiers().get(0).options(), plan.modifiers().get(0).options());
        }
    }

    @Test
    void nameThatMatchesNothingIsToldWithItsPlaceInTheList() {
        Place place = new Place(folder).with("m43/init.safetensors");
        GraftException failure = assertThrows(
                GraftException.class,
                () -> ModelModifierApplier.create(getClass().getClassLoader())
                        .model(place.path("init.safetensors"))
                        .configuration(new FreezingModelModifier(
                                new FreezingOptions(List.of(Selector.parse("encodr")), true, List.of())))
                        .output(place.path("out"))
                        .run());
        assertEquals(
                "error[unmatched-selector] graft.modifiers[0].submodules-to-freeze[0]: `encodr` matches nothing in the model",
                failure.getMessage());
    }

    @Test
    void valuesThatAreWrongAreToldAsThoseOfAFile() {
        assertEquals(
                "`submodules-to-freze`: the options record has no key `submodules-to-freze`; did you mean `submodules-to-freeze`?",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new FreezingOptions_Binder()
                                        .from(Map.of("submodules-to-freze", List.of("encoder"))))
                        .getMessage());
    }
}
