package io.graft.registry;

import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.problem.ProblemCode;

/**
 * Which plug an object of a configuration names, and where it does so.
 *
 * @param text an id, an alias or a class name
 */
record EntryName(String text, ConfigCursor at) {
    private static final String TYPE = "type";
    private static final String TARGET = "_target_";

    /**
     * Reads the name.
     *
     * @param example an id that there is, for messages
     * @param shown how a person sees which there are; may be empty
     */
    static Bound<EntryName> read(PlugKind<?> kind, ConfigCursor entry, String example, String shown) {
        if (!entry.isObject()) {
            return new Bound.Failed<>(entry.error(
                    ProblemCode.WRONG_TYPE,
                    "%s is an object, such as { type = %s }".formatted(a(kind), example),
                    "write the options in braces, with `type`"));
        }
        ConfigCursor type = entry.at(TYPE);
        ConfigCursor target = entry.at(TARGET);
        boolean hasTarget = target.isPresent() && kind.namingKeys().contains(TARGET);
        if (type.isPresent() && hasTarget) {
            return new Bound.Failed<>(target.keyError(
                    ProblemCode.EXCLUSIVE, "`type` and `_target_` both select the " + kind.word(), "keep one of them"));
        }
        if (!type.isPresent() && !hasTarget) {
            return new Bound.Failed<>(entry.error(
                    ProblemCode.MISSING_MODIFIER_TYPE,
                    "the entry does not say which %s it is for".formatted(kind.word()),
                    "add `type`, such as `type = %s`%s".formatted(example, shown)));
        }
        return of(kind, type.isPresent() ? type : target, example, shown);
    }

    /** The name that a value is. */
    static Bound<EntryName> of(PlugKind<?> kind, ConfigCursor given, String example, String shown) {
        return given.text()
                .<Bound<EntryName>>map(text -> new Bound.Ok<>(new EntryName(text, given)))
                .orElseGet(() -> new Bound.Failed<>(given.error(
                        ProblemCode.WRONG_TYPE,
                        "the name of %s is a text".formatted(a(kind)),
                        "give an id, such as `type = %s`%s".formatted(example, shown))));
    }

    private static String a(PlugKind<?> kind) {
        return (kind.word().startsWith("o") ? "an " : "a ") + kind.word();
    }
}
