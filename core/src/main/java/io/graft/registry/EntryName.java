package io.graft.registry;

import io.graft.config.Bound;
import io.graft.config.ConfigCursor;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import java.util.Set;

/**
 * Which modifier an entry of the configuration's list names, and where it does so.
 *
 * @param text an id, an alias or a class name
 */
record EntryName(String text, ConfigCursor at) {
    private static final String TYPE = "type";
    private static final String TARGET = "_target_";

    /** The keys of an entry that select the modifier and are no options. */
    static final Set<String> KEYS = Set.of(TYPE, TARGET);

    static Bound<EntryName> read(ConfigCursor entry) {
        if (!entry.isObject()) {
            return new Bound.Failed<>(entry.error(
                    ProblemCode.WRONG_TYPE,
                    "a modifier is an object, such as { type = freezing }",
                    "write the options in braces, with `type`"));
        }
        ConfigCursor type = entry.at(TYPE);
        ConfigCursor target = entry.at(TARGET);
        if (type.isPresent() && target.isPresent()) {
            return new Bound.Failed<>(target.keyError(
                    ProblemCode.EXCLUSIVE, "`type` and `_target_` both select the modifier", "keep one of them"));
        }
        if (!type.isPresent() && !target.isPresent()) {
            return new Bound.Failed<>(missing(entry));
        }
        ConfigCursor given = type.isPresent() ? type : target;
        return given.text()
                .<Bound<EntryName>>map(text -> new Bound.Ok<>(new EntryName(text, given)))
                .orElseGet(() -> new Bound.Failed<>(given.error(
                        ProblemCode.WRONG_TYPE,
                        "the name of a modifier is a text",
                        "give an id, such as `type = freezing`; `graft modifiers list` shows them")));
    }

    private static Problem missing(ConfigCursor entry) {
        return entry.error(
                ProblemCode.MISSING_MODIFIER_TYPE,
                "the entry does not say which modifier it is for",
                "add `type`, such as `type = freezing`; `graft modifiers list` shows them");
    }
}
