package io.graft.models.arguments;

import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Key;
import io.graft.config.reading.ObjectBinding;
import io.graft.config.reading.ValueDecoder;
import io.graft.models.parts.Act;
import java.util.Map;
import java.util.function.Supplier;

/** The kinds of keys that configurations of models have. */
public final class Keys {
    private static final ValueDecoder<Act> ACT = cursor -> {
        Bound<String> name = Decoders.checked(Decoders.string(), Constraints.oneOf(Act.names()))
                .decode(cursor);
        return name.map(Act::named);
    };

    /** How many labels a classifier has. */
    public static final String LABELS = "num-labels";

    /** What they are called, by their numbers. */
    public static final String LABEL_NAMES = "id2label";

    private static final int USUAL_LABELS = 2;

    private final ObjectBinding object;

    public Keys(ConfigCursor cursor) {
        this.object = cursor.object();
    }

    /** The model may have a configuration of its own, which was read before. */
    public Keys withConfig() {
        object.key(Arguments.CONFIG, Decoders.string()).optional();
        return this;
    }

    public ObjectBinding object() {
        return object;
    }

    /** A whole number from 1. */
    public Key<Integer> count(String key, int otherwise) {
        return object.key(key, Decoders.int32())
                .check(Constraints.range(1, Integer.MAX_VALUE))
                .orDefault(Integer.toString(otherwise));
    }

    /** A number from 0. */
    public Key<Float> number(String key, String otherwise) {
        return object.key(key, Decoders.float32())
                .check(Constraints.range(0.0, Float.MAX_VALUE))
                .orDefault(otherwise);
    }

    /** A number from 0 to below 1. */
    public Key<Float> fraction(String key, String otherwise) {
        return object.key(key, Decoders.float32())
                .check(Constraints.range(0.0, 1.0, false, true))
                .orDefault(otherwise);
    }

    /** How many labels a classifier has, which a file tells by their names. What is given can be had once the object is finished. */
    public Supplier<Integer> labels() {
        var count = object.key(LABELS, Decoders.int32())
                .check(Constraints.range(1, Integer.MAX_VALUE))
                .optional();
        var names = object.key(LABEL_NAMES, Decoders.map(Decoders.string())).optional();
        return () -> {
            int labels = count.get().or(() -> names.get().map(Map::size)).orElse(USUAL_LABELS);
            if (labels == 0) {
                throw new IllegalArgumentException("`id2label` names no label");
            }
            return labels;
        };
    }

    public Key<Act> act(String key, String otherwise) {
        return object.key(key, ACT).orDefault(otherwise);
    }

    /** A key by which other models are told, that can have one value here. */
    public void only(String key, String value) {
        object.key(key, Decoders.string()).check(Constraints.oneOf(value)).orDefault(value);
    }
}
