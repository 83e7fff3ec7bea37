package io.graft.processor;

import io.graft.config.DataSize;
import io.graft.config.NotBlank;
import io.graft.config.NotEmpty;
import io.graft.config.Range;
import io.graft.config.Size;
import io.graft.model.tree.Selector;
import io.graft.tensor.Shape;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Records with values of every kind that their types and constraints allow. */
final class RandomValues {
    private static final List<String> PIECES = List.of(
            "a", "B", "7", " ", "\"", "\\", "\n", "\t", "$", "{", "#", "/", "é", "𝄞", ".", "-", "_", "\u0001", "=");

    private static final List<String> WORDS = List.of("true", "null", "007", "1e3", "include", "${a}", "# no", "//");

    private final Random random;

    RandomValues(Random random) {
        this.random = random;
    }

    /** A record of a type, whose constructor is public. */
    Object record(Class<?> type) throws ReflectiveOperationException {
        List<Object> values = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            values.add(component(component));
        }
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        return type.getConstructor(types).newInstance(values.toArray());
    }

    private Object component(RecordComponent component) throws ReflectiveOperationException {
        Range range = component.getAnnotation(Range.class);
        if (range != null) {
            return number(component.getGenericType(), range);
        }
        boolean filled = component.isAnnotationPresent(NotEmpty.class) || component.isAnnotationPresent(NotBlank.class);
        Size size = component.getAnnotation(Size.class);
        int most = size == null ? 4 : Math.min(size.max(), 4);
        Object value = value(component.getGenericType(), most);
        return filled || (size != null && size.min() > 0) ? filled(component, value, most) : value;
    }

    private Object filled(RecordComponent component, Object value, int most) throws ReflectiveOperationException {
        if (value instanceof List<?> list) {
            boolean good = !list.isEmpty()
                    && list.stream().noneMatch(text -> text.toString().isBlank());
            return good ? value : filled(component, value(component.getGenericType(), most), most);
        }
        return value.toString().isBlank() ? "x" : value;
    }

    private Object number(Type type, Range range) {
        double min = Math.max(range.min(), -1e6) + (range.exclusiveMin() ? 1e-3 : 0);
        double max = Math.min(range.max(), 1e6) - (range.exclusiveMax() ? 1e-3 : 0);
        double value = min + random.nextDouble() * (max - min);
        if (type == int.class) {
            return (int) Math.round(value);
        } else if (type == long.class) {
            return Math.round(value);
        } else if (type == float.class) {
            return (float) value;
        } else if (type == double.class) {
            return value;
        }
        return random.nextBoolean() ? Optional.empty() : Optional.of((int) Math.round(value));
    }

    private Object value(Type type, int most) throws ReflectiveOperationException {
        if (type instanceof ParameterizedType generic) {
            return container((Class<?>) generic.getRawType(), generic.getActualTypeArguments(), most);
        }
        Class<?> plain = (Class<?>) type;
        if (plain.isEnum()) {
            return plain.getEnumConstants()[random.nextInt(plain.getEnumConstants().length)];
        }
        if (plain.isSealed()) {
            Class<?>[] kinds = plain.getPermittedSubclasses();
            return record(kinds[random.nextInt(kinds.length)]);
        }
        boolean own = plain.isRecord() && !plain.getPackageName().startsWith("io.graft");
        return own ? record(plain) : scalar(plain);
    }

    private Object scalar(Class<?> type) {
        return switch (type.getSimpleName()) {
            case "boolean", "Boolean" -> random.nextBoolean();
            case "byte" -> (byte) random.nextInt();
            case "short" -> (short) random.nextInt();
            case "long", "Long" -> random.nextLong();
            case "double", "Double" -> anyDouble();
            case "String" -> text();
            case "Path" -> Path.of("/" + text().replaceAll("[/\u0001]", "")).normalize();
            case "Duration" -> Duration.ofNanos((random.nextLong() >>> 1) >>> random.nextInt(60));
            case "URI" -> URI.create("s3://bucket/" + random.nextInt());
            case "DataSize" -> new DataSize(random.nextLong() >>> 1 >>> random.nextInt(60));
            case "Shape" ->
                new Shape(random.longs(random.nextInt(4), 0, 9).boxed().toList());
            case "Selector" -> Selector.parse(random.nextBoolean() ? "encoder.*.query" : "re:^a\\d+\"$");
            default -> throw new IllegalArgumentException("no values of " + type);
        };
    }

    private Object container(Class<?> type, Type[] parts, int most) throws ReflectiveOperationException {
        int count = random.nextInt(most + 1);
        if (type == Optional.class) {
            return count == 0 ? Optional.empty() : Optional.of(value(parts[0], most));
        }
        if (type == Map.class) {
            Map<Object, Object> map = new HashMap<>();
            for (int entry = 0; entry < count; entry++) {
                map.put(value(parts[0], most), value(parts[1], most));
            }
            return map;
        }
        List<Object> elements = new ArrayList<>();
        for (int element = 0; element < count; element++) {
            elements.add(value(parts[0], most));
        }
        return type == List.class ? elements : new HashSet<>(elements);
    }

    /** Any finite number but the negative zero, which decimals do not tell from zero. */
    private double anyDouble() {
        return Stream.generate(() -> Double.longBitsToDouble(random.nextLong()))
                .filter(value -> Double.isFinite(value) && value != 0)
                .findFirst()
                .orElseThrow();
    }

    private String text() {
        if (random.nextInt(10) == 0) {
            return WORDS.get(random.nextInt(WORDS.size()));
        }
        return random.ints(random.nextInt(6), 0, PIECES.size())
                .mapToObj(PIECES::get)
                .collect(Collectors.joining());
    }
}
