package io.graft.apply;

import io.graft.config.reading.ConfigCursor;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.problem.SourceRef;
import io.graft.registry.PlugRegistry;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Says of a root key that is called like a modifier, or like a section of {@code graft}, that nobody reads it: options belong in
 * an entry of the list, sections into {@code graft}, or are taken from there with a substitution. Other root keys are others'
 * business.
 *
 * @param inclusions where a file is included, if it is
 */
record UnreadRoots(PlugRegistry registry, Function<String, Optional<SourceRef>> inclusions) {
    private static final Set<String> READ = Set.of("graft", "training");
    private static final Set<String> SECTIONS = Set.of("model", "modifiers", "output", "migrations");

    List<Problem> check(ConfigCursor root) {
        List<ConfigCursor> named = root.keys().stream()
                .filter(key -> !READ.contains(key))
                .filter(key -> SECTIONS.contains(key) || registry.modifier(key).isPresent())
                .map(root::at)
                .filter(value -> !isOutside(value))
                .toList();
        if (named.isEmpty()) {
            return List.of();
        }
        Set<String> read = new HashSet<>();
        READ.stream().flatMap(key -> places(root.at(key))).forEach(read::add);
        return named.stream()
                .filter(value -> places(value).noneMatch(read::contains))
                .map(this::unread)
                .toList();
    }

    /** Whether all of it comes from outside the file; what is set and not read is an error of its own. */
    private static boolean isOutside(ConfigCursor value) {
        List<ConfigCursor> scalars = scalars(value).toList();
        return !scalars.isEmpty() && scalars.stream().allMatch(ConfigCursor::isOutside);
    }

    /** The lines of all scalars of a value; one that is substituted keeps the line of its definition. */
    private static Stream<String> places(ConfigCursor value) {
        return scalars(value).flatMap(scalar -> scalar.line().stream()).map(SourceRef::display);
    }

    private static Stream<ConfigCursor> scalars(ConfigCursor value) {
        Stream<ConfigCursor> inside =
                Stream.concat(value.elements().stream(), value.keys().stream().map(key -> value.at(quoted(key))));
        return value.isObject() || value.isList()
                ? inside.flatMap(UnreadRoots::scalars)
                : Stream.of(value).filter(ConfigCursor::isPresent);
    }

    private static String quoted(String key) {
        return '"' + key + '"';
    }

    private Problem unread(ConfigCursor value) {
        String key = value.path();
        Optional<SourceRef> at = value.keySource();
        boolean section = SECTIONS.contains(key);
        String never = "the root key `" + key + "` (same name as " + (section ? "a section of `graft`" : "a modifier")
                + ") is never read";
        String help = section
                ? "if it is meant for Graft, write it as `graft." + key + "`"
                : "to build on it, write the entry as: ${" + key + "} { type = " + key + " }";
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
