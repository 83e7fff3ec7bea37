package io.graft.apply;

import io.graft.Phase;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.registry.BoundModifier;
import java.util.ArrayList;
import java.util.List;

/** What the modifiers of a list declare of their places in it. */
final class ModifierOrder {
    private final List<BoundModifier> modifiers;

    private ModifierOrder(List<BoundModifier> modifiers) {
        this.modifiers = modifiers;
    }

    /** All that is wrong with the order of a list, and with what is optional in it. */
    static List<Problem> problems(List<BoundModifier> modifiers) {
        return new ModifierOrder(modifiers).problems();
    }

    private List<Problem> problems() {
        List<Problem> problems = new ArrayList<>();
        for (BoundModifier modifier : modifiers) {
            Phase phase = Phase.of(modifier.modifier());
            if (phase == Phase.LOAD && modifier.optional()) {
                problems.add(modifier.cursor()
                        .at(BoundModifier.OPTIONAL)
                        .error(
                                ProblemCode.MODIFIER_ORDER,
                                words(modifier)
                                        + ", loads values, and without them the rest would run on others: it cannot be"
                                        + " `optional`",
                                "remove `optional`"));
            }
            if (phase == Phase.AFTER_LOAD) {
                modifiers.subList(modifier.index(), modifiers.size()).stream()
                        .filter(later -> Phase.of(later.modifier()) == Phase.LOAD)
                        .findFirst()
                        .ifPresent(load -> problems.add(before(modifier, load)));
            }
        }
        return problems;
    }

    private Problem before(BoundModifier modifier, BoundModifier load) {
        return modifier.cursor()
                .error(
                        ProblemCode.MODIFIER_ORDER,
                        words(modifier) + ", works with the values of the model, and " + words(load)
                                + ", loads others after it",
                        "list `" + load.id()
                                + "` first; a modifier that does the same before values are loaded says so in its @Modifier,"
                                + " phase = BEFORE_LOAD");
    }

    private String words(BoundModifier modifier) {
        return modifier.words(modifiers.size());
    }
}
