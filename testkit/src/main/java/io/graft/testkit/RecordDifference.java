package io.graft.testkit;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Two records that should be equal, component by component. */
final class RecordDifference {
    private RecordDifference() {}

    /** One line for each component that differs; empty if the records are equal. */
    static String of(Object expected, Object found) {
        if (expected.equals(found)) {
            return "";
        }
        if (expected.getClass() != found.getClass()) {
            return "\nexpected: " + expected + "\nfound:    " + found;
        }
        return Stream.of(expected.getClass().getRecordComponents())
                .filter(component -> !Objects.equals(value(component, expected), value(component, found)))
                .map(component -> "\n%s: expected %s, found %s"
                        .formatted(component.getName(), value(component, expected), value(component, found)))
                .collect(Collectors.joining());
    }

    private static Object value(RecordComponent component, Object owner) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(owner);
        } catch (IllegalAccessException | InvocationTargetException failure) {
            throw new IllegalStateException("`" + component.getName() + "` cannot be read", failure);
        }
    }
}
