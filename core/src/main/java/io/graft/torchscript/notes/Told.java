package io.graft.torchscript.notes;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An object of a JSON document that is not trusted.
 *
 * @param values texts, numbers, flags, lists and maps
 */
record Told(Map<String, Object> values) {
    /** Whether there is something of a name. */
    boolean has(String key) {
        return values.containsKey(key);
    }

    /**
     * @throws IllegalArgumentException if it is something else, as with all of these
     */
    String text(String key) {
        return get(key, String.class);
    }

    double number(String key) {
        return Double.parseDouble(text(key));
    }

    long whole(String key) {
        return whole(get(key, Number.class));
    }

    int index(String key) {
        return Math.toIntExact(whole(key));
    }

    boolean flag(String key) {
        return get(key, Boolean.class);
    }

    List<Long> wholes(String key) {
        List<Long> wholes = new ArrayList<>();
        list(key).forEach(each -> wholes.add(whole(as(key, each, Number.class))));
        return wholes;
    }

    List<Integer> indices(String key) {
        return wholes(key).stream().map(Math::toIntExact).toList();
    }

    List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        list(key).forEach(each -> texts.add(as(key, each, String.class)));
        return texts;
    }

    Told object(String key) {
        return told(key, values.get(key));
    }

    List<Told> objects(String key) {
        List<Told> objects = new ArrayList<>();
        list(key).forEach(each -> objects.add(told(key, each)));
        return objects;
    }

    DType dtype(String key) {
        return DType.valueOf(text(key));
    }

    Shape shape(String key) {
        return new Shape(wholes(key));
    }

    private static long whole(Number number) {
        if (number instanceof Long || number instanceof Integer) {
            return number.longValue();
        }
        throw new IllegalArgumentException(number + " is no whole number");
    }

    private List<?> list(String key) {
        return get(key, List.class);
    }

    private static Told told(String key, Object value) {
        Map<?, ?> map = as(key, value, Map.class);
        Map<String, Object> values = new LinkedHashMap<>();
        map.forEach((name, each) -> values.put(String.valueOf(name), each));
        return new Told(values);
    }

    private <T> T get(String key, Class<T> type) {
        return as(key, values.get(key), type);
    }

    private static <T> T as(String key, Object value, Class<T> type) {
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException("`" + key + "` is " + (value == null ? "not there" : "of another kind"));
        }
        return type.cast(value);
    }
}
