package io.graft.config.reading;

import io.graft.problem.Problem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decodes an object whose keys are data: they are never respelt. Entries are in the order of their lines, then names. */
record MapDecoder<K, V>(ValueDecoder<K> key, ValueDecoder<V> value) implements ValueDecoder<Map<K, V>> {
    @Override
    public Bound<Map<K, V>> decode(ConfigCursor cursor) {
        if (!cursor.isObject()) {
            return new Bound.Failed<>(Found.wrongType(cursor, "an object"));
        }
        Map<K, V> entries = new LinkedHashMap<>();
        List<Problem> problems = new ArrayList<>();
        List<ConfigCursor> children = cursor.keys().stream()
                .map(cursor::child)
                .sorted(Comparator.comparingInt(MapDecoder::line))
                .toList();
        for (ConfigCursor child : children) {
            Bound<K> boundKey = key.decode(child);
            Bound<V> boundValue = value.decode(child);
            problems.addAll(boundKey.problems());
            problems.addAll(boundValue.problems());
            if (boundKey instanceof Bound.Ok<K> name && boundValue instanceof Bound.Ok<V> ok) {
                entries.put(name.value(), ok.value());
            }
        }
        return entries.size() == children.size()
                ? new Bound.Ok<>(Collections.unmodifiableMap(entries), problems)
                : new Bound.Failed<>(problems);
    }

    @Override
    public Optional<Map<K, V>> empty() {
        return Optional.of(Map.of());
    }

    private static int line(ConfigCursor child) {
        return child.origin().map(origin -> origin.lineNumber()).orElse(0);
    }
}
