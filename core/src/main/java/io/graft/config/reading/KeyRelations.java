package io.graft.config.reading;

import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** What an object demands of several keys at once. */
final class KeyRelations {
    private final List<Relation> relations = new ArrayList<>();

    /** One demand. */
    private interface Relation {
        /**
         * The problem of an object that does not meet it.
         *
         * @param given the value of a key; empty if the object does not give it
         * @param explained keys that were given in a wrong spelling
         */
        Optional<Problem> check(
                ConfigCursor object, Function<String, Optional<ConfigCursor>> given, Set<String> explained);
    }

    /** At least one key is needed, and none beside it. */
    void exactlyOneOf(List<String> keys) {
        relations.add((object, given, explained) -> {
            Optional<Problem> several = several(keys, given, "keep exactly one of " + all(keys));
            boolean none = keys.stream().noneMatch(key -> given.apply(key).isPresent() || explained.contains(key));
            return none
                    ? Optional.of(object.error(
                            ProblemCode.MISSING_KEY,
                            object.subject() + " needs exactly one of the keys " + all(keys) + object.where(),
                            "add one here"))
                    : several;
        });
    }

    /** At most one of the keys may be given. */
    void exclusive(List<String> keys) {
        relations.add((object, given, explained) -> several(keys, given, "keep one of them"));
    }

    /** Who gives one key must give the other. */
    void requires(String key, String with) {
        relations.add((object, given, explained) -> given.apply(key)
                .filter(value -> given.apply(with).isEmpty() && !explained.contains(with))
                .map(value -> value.keyError(
                        ProblemCode.REQUIRES,
                        "`" + key + "` needs `" + with + "`, which is not given",
                        "add `" + with + "` or take `" + key + "` out")));
    }

    /** The problems of an object; see {@link Relation#check}. */
    Stream<Problem> check(ConfigCursor object, Function<String, Optional<ConfigCursor>> given, Set<String> explained) {
        return relations.stream().flatMap(relation -> relation.check(object, given, explained).stream());
    }

    private static Optional<Problem> several(
            List<String> keys, Function<String, Optional<ConfigCursor>> given, String help) {
        List<String> found =
                keys.stream().filter(key -> given.apply(key).isPresent()).toList();
        return found.size() < 2
                ? Optional.empty()
                : given.apply(found.get(1))
                        .map(second -> second.keyError(
                                ProblemCode.EXCLUSIVE,
                                "`" + String.join("` and `", found) + "` exclude each other",
                                help));
    }

    private static String all(List<String> keys) {
        return "`" + String.join("`, `", keys) + "`";
    }
}
