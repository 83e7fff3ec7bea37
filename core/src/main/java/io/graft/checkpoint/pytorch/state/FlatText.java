package io.graft.checkpoint.pytorch.state;

import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Flag;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Item;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.None;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Numeric;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Sequence;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Text;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Nested values as lines of text: keys joined by dots, objects by the names of their classes, with their fields below. Values
 * may be shared or contain themselves, so the number of values, their depth and the length of each text are bounded.
 *
 * @param texts by key, in order
 * @param isCut whether there was more
 */
record FlatText(Map<String, String> texts, boolean isCut) {
    private static final int MOST_TEXTS = 1_000;
    private static final int MOST_STEPS = 100_000;
    private static final int DEEPEST = 16;

    private record Open(String path, PickleValue value, int depth) {}

    /** The lines of one value. */
    static FlatText of(String name, PickleValue root) {
        Map<String, String> texts = new LinkedHashMap<>();
        Deque<Open> open = new ArrayDeque<>(List.of(new Open(name, root, 0)));
        for (int steps = 0; !open.isEmpty(); ) {
            Open at = open.pop();
            List<Item> children = at.depth < DEEPEST ? children(at.value) : List.of();
            steps += 1 + children.size();
            if (texts.size() == MOST_TEXTS || steps > MOST_STEPS) {
                return new FlatText(texts, true);
            }
            if (children.isEmpty() || (at.value instanceof Opaque && !isTransparent(at.value))) {
                texts.put(TensorName.printable(at.path), TensorName.printable(text(at.value)));
            }
            for (int i = children.size() - 1; i >= 0; i--) {
                Item child = children.get(i);
                String key = child.key() instanceof None ? "" : "." + key(child.key());
                open.push(new Open(at.path + key, child.value(), at.depth + 1));
            }
        }
        return new FlatText(texts, false);
    }

    /** The text of a plain value; empty for any other, and for none. */
    static Optional<String> scalar(PickleValue value) {
        if (value instanceof Text text) {
            return Optional.of(text.value());
        }
        if (value instanceof Numeric number) {
            return Optional.of(number.value().toString());
        }
        return value instanceof Flag flag ? Optional.of(String.valueOf(flag.value())) : Optional.empty();
    }

    /** What lies below a value; a key of {@link None} adds nothing to the path. */
    private static List<Item> children(PickleValue value) {
        if (value instanceof Mapping dict) {
            return dict.items();
        }
        if (value instanceof Sequence list) {
            return list.items().stream().allMatch(FlatText::isPlain) ? List.of() : numbered(list.items());
        }
        if (!(value instanceof Opaque object) || PickledModule.isModule(object)) {
            return List.of();
        }
        if (isTransparent(object)) {
            Mapping fields = (Mapping) object.state();
            return fields.get("_content")
                    .or(() -> fields.get("_val"))
                    .map(inner -> List.of(new Item(None.INSTANCE, inner)))
                    .orElse(List.of());
        }
        List<Item> children = new ArrayList<>(keyed(object.items()));
        if (object.state() instanceof Mapping fields) {
            children.addAll(fields.items());
        }
        return children;
    }

    /** The nodes of omegaconf are shells around the values that were configured. */
    private static boolean isTransparent(PickleValue value) {
        return value instanceof Opaque object
                && object.type().module().startsWith("omegaconf.")
                && object.state() instanceof Mapping;
    }

    private static List<Item> numbered(List<PickleValue> values) {
        List<Item> items = new ArrayList<>();
        // One more than is looked at tells that there is more.
        for (PickleValue value : values.subList(0, Math.min(values.size(), MOST_STEPS + 1))) {
            items.add(new Item(Numeric.of(items.size()), value));
        }
        return items;
    }

    /** Keys and values in turn where the keys are texts, else the items of a list. */
    private static List<Item> keyed(List<PickleValue> values) {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i + 1 < Math.min(values.size(), 2 * MOST_STEPS + 2); i += 2) {
            if (!(values.get(i) instanceof Text)) {
                return numbered(values);
            }
            items.add(new Item(values.get(i), values.get(i + 1)));
        }
        return values.size() % 2 == 0 ? items : numbered(values);
    }

    private static boolean isPlain(PickleValue value) {
        return value instanceof None || scalar(value).isPresent();
    }

    private static String key(PickleValue key) {
        return scalar(key).orElseGet(key::typeName);
    }

    private static String text(PickleValue value) {
        if (value instanceof None) {
            return "None";
        }
        if (value instanceof TensorValue tensor) {
            return "a tensor of shape " + tensor.size();
        }
        if (value instanceof Sequence list) {
            return joined(list.items(), "[", "]");
        }
        if (value instanceof Mapping dict) {
            return dict.items().isEmpty() ? "{}" : "{...}";
        }
        if (value instanceof Opaque object
                && object.arguments() instanceof Sequence arguments
                && !arguments.items().isEmpty()
                && arguments.items().stream().allMatch(FlatText::isPlain)) {
            return joined(arguments.items(), object.typeName() + "(", ")");
        }
        return scalar(value).orElseGet(value::typeName);
    }

    /** The first items are enough for a text that is cut. */
    private static String joined(List<PickleValue> values, String before, String after) {
        return values.stream()
                .limit(101)
                .map(value -> isPlain(value) ? text(value) : "...")
                .collect(Collectors.joining(", ", before, after));
    }
}
