package io.graft.config.reading;

import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Decodes a list whose elements differ; keeps their order. */
record SetDecoder<T>(ListDecoder<T> list) implements ValueDecoder<Set<T>> {
    @Override
    public Bound<Set<T>> decode(ConfigCursor cursor) {
        Bound<List<T>> elements = list.decode(cursor);
        if (!(elements instanceof Bound.Ok<List<T>> ok)) {
            return new Bound.Failed<>(elements.problems());
        }
        Set<T> values = new LinkedHashSet<>();
        List<Problem> problems = new ArrayList<>(ok.problems());
        List<ConfigCursor> positions = cursor.elements();
        for (int index = 0; index < ok.value().size(); index++) {
            if (!values.add(ok.value().get(index))) {
                int first = ok.value().indexOf(ok.value().get(index));
                problems.add(positions
                        .get(index)
                        .error(
                                ProblemCode.DUPLICATE_ELEMENT,
                                "element " + index + " is the same as element " + first,
                                "remove one"));
            }
        }
        return problems.stream().anyMatch(Problem::isError)
                ? new Bound.Failed<>(problems)
                : new Bound.Ok<>(Collections.unmodifiableSet(values), problems);
    }

    @Override
    public Optional<Set<T>> empty() {
        return Optional.of(Set.of());
    }
}
