package io.graft.config.reading;

import io.graft.problem.Problem;
import io.graft.problem.Quoting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decodes the elements of a list, all of them. */
record ListDecoder<T>(ValueDecoder<T> element) implements ValueDecoder<List<T>> {
    @Override
    public Bound<List<T>> decode(ConfigCursor cursor) {
        if (!cursor.isList()) {
            return new Bound.Failed<>(Found.wrongType(cursor, "a list", help(cursor)));
        }
        List<T> values = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (ConfigCursor position : cursor.elements()) {
            Bound<T> bound = element.decode(position);
            problems.addAll(bound.problems());
            if (bound instanceof Bound.Ok<T> ok) {
                values.add(ok.value());
            }
        }
        boolean complete = values.size() == cursor.elements().size();
        return complete ? new Bound.Ok<>(List.copyOf(values), problems) : new Bound.Failed<>(problems);
    }

    @Override
    public List<String> keys() {
        return element.keys();
    }

    @Override
    public Optional<List<T>> empty() {
        return Optional.of(List.of());
    }

    private static String help(ConfigCursor cursor) {
        if (cursor.text().isEmpty() || cursor.isSecret() || cursor.value() == null) {
            return "";
        }
        return "write " + Quoting.quote("[" + cursor.value().render() + "]");
    }
}
