package io.graft.config.reading;

import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.problem.Spelling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Finds the value of a key in an object, whatever name and spelling it is written by, and marks what it has read. */
record KeyFinder(ConfigCursor object, Set<String> read, Consumer<Problem> report) {
    /** One name that the object gives. */
    private record Given(String name, ConfigCursor value) {}

    /**
     * The value, which is absent if no name is given.
     *
     * @return empty if several names are given; that is reported
     */
    Optional<ConfigCursor> find(KeyNames names) {
        List<Given> given = new ArrayList<>();
        for (String name : names.all().toList()) {
            given.addAll(given(name));
        }
        if (given.isEmpty()) {
            return Optional.of(object.child(names.key()));
        }
        if (given.size() > 1) {
            report.accept(twice(names, given.get(0), given.get(1)));
            return Optional.empty();
        }
        names.former().stream()
                .filter(former -> former.name().equals(given.get(0).name()))
                .forEach(former -> report.accept(
                        deprecated(names.key(), former, given.get(0).value())));
        return Optional.of(given.get(0).value());
    }

    private List<Given> given(String name) {
        List<String> spellings =
                Stream.of(name, Spelling.snake(name)).distinct().toList();
        read.addAll(spellings);
        return spellings.stream()
                .map(object::child)
                .filter(ConfigCursor::isPresent)
                .map(value -> new Given(name, value))
                .toList();
    }

    private static Problem twice(KeyNames names, Given first, Given second) {
        String written = second.value().key();
        String other = first.value().key();
        boolean sameName = first.name().equals(second.name());
        String message = sameName
                ? "`%s` is the same key as `%s`, which is given too".formatted(written, other)
                : "`%s` is another name of `%s`, which is given too".formatted(written, names.key())
                        + (first.name().equals(names.key()) ? "" : " as `" + other + "`");
        Problem problem = second.value()
                .keyError(
                        sameName ? ProblemCode.BOTH_SPELLINGS : ProblemCode.BOTH_KEY_AND_ALIAS,
                        message,
                        "keep one of them");
        return first.value()
                .keySource()
                .map(at -> problem.withNote("`" + other + "` is at " + at.display()))
                .orElse(problem);
    }

    private static Problem deprecated(String key, FormerKey former, ConfigCursor value) {
        String end = former.removeIn().isEmpty() ? "" : " and will not be read from " + former.removeIn() + " on";
        return value.keyError(
                        ProblemCode.DEPRECATED_KEY,
                        "`%s` is called `%s` since %s%s".formatted(value.key(), key, former.since(), end),
                        "write `" + key + "`")
                .as(Severity.WARNING);
    }
}
