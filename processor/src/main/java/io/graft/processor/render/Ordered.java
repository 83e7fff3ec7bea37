package io.graft.processor.render;

import java.util.LinkedHashMap;
import java.util.Map;

/** Small objects of a document, with their keys in the order in which they are given. */
final class Ordered {
    private Ordered() {}

    static Map<String, Object> of(String key, Object value) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(key, value);
        return map;
    }

    static Map<String, Object> of(String key, Object value, String other, Object otherValue) {
        Map<String, Object> map = of(key, value);
        map.put(other, otherValue);
        return map;
    }
}
