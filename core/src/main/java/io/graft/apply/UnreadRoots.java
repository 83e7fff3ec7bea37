package io.graft.apply;

import io.graft.config.ConfigCursor;
import io.graft.config.Problem;
import io.graft.config.ProblemCode;
import io.graft.config.Severity;
import io.graft.config.SourceRef;
import io.graft.registry.ModifierRegistry;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Says of a root key that is called like a modifier that nobody reads it: options belong into an entry of the list, or are
 * taken from there with a substitution. Other root keys are others' business.
 */
record UnreadRoots(ModifierRegistry registry) {
    private static final Set<String> READ = Set.of("graft", "training");

    List<Problem> check(ConfigCursor root) {
        List<ConfigCursor> likeModifiers = root.keys().stream()
                .filter(key -> !READ.contains(key) && registry.find(key).isPresent())
                .map(root::at)
                .toList();
        if (likeModifiers.isEmpty()) {
            return List.of();
        }
        Set<String> read = new HashSet<>();
        READ.stream().flatMap(key -> places(root.at(key))).forEach(read::add);
        return likeModifiers.stream()
                .filter(value -> places(value).noneMatch(read::contains))
                .map(UnreadRoots::unread)
                .toList();
    }

    /** The places of all scalars of a value; one that is substituted keeps the place of its definition. */
    private static Stream<String> places(ConfigCursor value) {
        Stream<ConfigCursor> inside =
                Stream.concat(value.elements().stream(), value.keys().stream().map(key -> value.at(quoted(key))));
        return value.isObject() || value.isList()
                ? inside.flatMap(UnreadRoots::places)
                : Optional.of(value).filter(ConfigCursor::isPresent).flatMap(ConfigCursor::source).stream()
                        .map(SourceRef::display);
    }

    private static String quoted(String key) {
        return '"' + key + '"';
    }

    private static Problem unread(ConfigCursor value) {
        String key = value.path();
        return value.keyError(
                        ProblemCode.UNREAD_KEY,
                        "the root key `" + key + "` (same name as a modifier) is never read",
                        "to build on it, write the entry as: ${" + key + "} { type = " + key + " }")
                .as(Severity.WARNING);
    }
}
