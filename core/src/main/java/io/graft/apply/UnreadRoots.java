package io.graft.apply;

import io.graft.config.ConfigCursor;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.problem.SourceRef;
import io.graft.registry.ModifierRegistry;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Says of a root key that is called like a modifier that nobody reads it: options belong into an entry of the list, or are
 * taken from there with a substitution. Other root keys are others' business.
 *
 * @param inclusions where a file is included, if it is
 */
record UnreadRoots(ModifierRegistry registry, Function<String, Optional<SourceRef>> inclusions) {
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
                .map(this::unread)
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

    private Problem unread(ConfigCursor value) {
        String key = value.path();
        Optional<SourceRef> at = value.keySource();
        String never = "the root key `" + key + "` (same name as a modifier) is never read";
        String help = "to build on it, write the entry as: ${" + key + "} { type = " + key + " }";
        return at.map(SourceRef::file)
                .flatMap(inclusions)
                .map(inclusion -> included(at.orElseThrow(), inclusion, key, never, help))
                .orElseGet(
                        () -> new Problem(ProblemCode.UNREAD_KEY, Severity.WARNING, key, at, never, List.of(), help));
    }

    /** A line of another file than the reader's own says little: how the key comes to be there is what counts. */
    private static Problem included(SourceRef at, SourceRef inclusion, String key, String never, String help) {
        Path folder = Path.of(inclusion.file()).toAbsolutePath().getParent();
        Path file = Path.of(at.file()).toAbsolutePath();
        Path name = file.startsWith(folder) ? folder.relativize(file) : Path.of(at.file());
        return new Problem(
                ProblemCode.UNREAD_KEY,
                Severity.WARNING,
                key,
                Optional.of(new SourceRef(at.file(), at.line(), 0, 0, "")),
                name + " is included by " + inclusion.file() + ":" + inclusion.line() + ", but " + never,
                List.of(),
                help);
    }
}
