package io.graft.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.Phase;
import io.graft.config.reading.ConfigCursor;
import io.graft.model.ModelDraft;
import io.graft.problem.Problem;
import io.graft.registry.BoundModifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What modifiers declare of their places. Letters and numbers are the ids of the reference scenarios. */
class ModifierOrderTest {
    /** Does nothing. */
    private abstract static class Idle implements ModelModifier {
        @Override
        public void apply(ModelDraft model, ModifierContext context) {}
    }

    @Modifier(value = "load", phase = Phase.LOAD)
    private static final class Load extends Idle {}

    @Modifier(value = "freeze", phase = Phase.BEFORE_LOAD)
    private static final class Freeze extends Idle {}

    @Modifier("prune")
    private static final class Prune extends Idle {}

    private static List<String> problems(boolean optional, ModelModifier... modifiers) {
        ConfigCursor list = ConfigCursor.of(
                        ConfigFactory.parseString(
                                "modifiers = [ { optional = true }, { optional = true }, { optional = true }, { optional = true } ]"))
                .at("modifiers");
        List<BoundModifier> bound = new ArrayList<>();
        for (ModelModifier modifier : modifiers) {
            Modifier declared = modifier.getClass().getAnnotation(Modifier.class);
            bound.add(new BoundModifier(
                    bound.size(),
                    declared == null ? "made" : declared.value(),
                    "test.jar",
                    modifier,
                    Map.of(),
                    List.of(),
                    optional,
                    list.elements().get(bound.size())));
        }
        return ModifierOrder.problems(bound).stream()
                .map(ModifierOrderTest::text)
                .toList();
    }

    private static String text(Problem problem) {
        return problem.code().id() + " " + problem.path() + ": " + problem.message() + "; " + problem.help();
    }

    /** All of them at once, each with its place and the right order. */
    @Test
    void h5AModifierThatWorksWithValuesStandsAfterThoseThatLoadThem() {
        String help =
                "; list `load` first; a modifier that does the same before values are loaded says so in its @Modifier, phase ="
                        + " BEFORE_LOAD";
        ModelModifier undeclared = (draft, context) -> {};
        assertEquals(
                List.of(
                        "modifier-order modifiers[0]: modifier 1 of 4, `prune`, works with the values of the model, and modifier 3 of 4,"
                                + " `load`, loads others after it" + help,
                        "modifier-order modifiers[1]: modifier 2 of 4, `made`, works with the values of the model, and modifier 3 of 4,"
                                + " `load`, loads others after it" + help),
                problems(false, new Prune(), undeclared, new Load(), new Load()));
    }

    @Test
    void h5OneThatDeclaresThatItDoesTheSameStandsAnywhere() {
        assertEquals(List.of(), problems(false, new Freeze(), new Load(), new Freeze(), new Load()));
        assertEquals(List.of(), problems(false, new Load(), new Load(), new Prune(), new Freeze()));
        assertEquals(List.of(), problems(false));
    }

    @Test
    void h9WhatLoadsValuesIsNotOptional() {
        assertEquals(
                List.of(
                        "modifier-order modifiers[0].optional: modifier 1 of 2, `load`, loads values, and without them the rest would run"
                                + " on others: it cannot be `optional`; remove `optional`"),
                problems(true, new Load(), new Prune()));
    }
}
