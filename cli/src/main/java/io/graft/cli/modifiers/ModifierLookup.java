package io.graft.cli.modifiers;

import io.graft.cli.output.CommandException;
import io.graft.problem.ProblemCode;
import io.graft.problem.Quoting;
import io.graft.problem.Suggestions;
import io.graft.registry.MissingJar;
import io.graft.registry.PlugKind;
import io.graft.registry.PlugRegistry;
import io.graft.registry.RegisteredPlug;
import java.util.List;

/** Finds the modifier that a person names. */
final class ModifierLookup {
    private final PlugRegistry registry;

    ModifierLookup(PlugRegistry registry) {
        this.registry = registry;
    }

    /** The modifier of this id, alias or class name. */
    RegisteredPlug<?> find(String name) {
        return registry.modifier(name)
                .orElseThrow(() -> registry.unusableModifier(name)
                        .map(problem -> new CommandException(problem.code(), problem.message(), problem.help()))
                        .orElseGet(() -> unknown(name)));
    }

    private CommandException unknown(String name) {
        List<String> ids = registry.modifiers().stream().map(RegisteredPlug::id).toList();
        String advice = MissingJar.of(PlugKind.MODIFIER, name)
                .map(MissingJar::sentence)
                .orElseGet(() -> Suggestions.didYouMean(Suggestions.nearIds(name, ids)));
        return new CommandException(
                ProblemCode.UNKNOWN_MODIFIER,
                "no modifier has id " + Quoting.quote(name) + (advice.isEmpty() ? "" : "; " + advice),
                "found: " + (ids.isEmpty() ? "none" : String.join(", ", ids)));
    }
}
