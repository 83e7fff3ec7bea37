package io.graft.processor.render;

import io.graft.processor.model.Accepted;
import io.graft.processor.model.ChoiceModel;
import io.graft.processor.model.ConstraintModel;
import io.graft.processor.model.KeyModel;
import io.graft.processor.model.KeyNames;
import io.graft.processor.model.OptionsModel;
import io.graft.processor.model.PlugModel;
import io.graft.processor.model.ScalarKind;
import io.graft.processor.model.TypeRef;
import io.graft.processor.model.TypeShape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The schemas of values: of a key's type with its constraints. */
final class ValueSchemas {
    /** A text may be written without quotes, and is a number or a boolean to a tool then. */
    private static final List<String> TEXT = List.of("string", "number", "boolean");

    private static final String NOT_BLANK = "\\S";

    private static final String DURATION =
            "^\\s*\\+?([0-9]+\\.?[0-9]*|\\.[0-9]+)\\s*(ns|nano(second)?s?|us|micro(second)?s?|ms|milli(second)?s?"
                    + "|s|seconds?|m|minutes?|h|hours?|d|days?)\\s*$";

    private static final String DATA_SIZE =
            "^\\s*\\+?([0-9]+\\.?[0-9]*|\\.[0-9]+)\\s*(B|bytes?|kB|MB|GB|TB|KiB|MiB|GiB|TiB)\\s*$";

    private static final Pattern JAVA_ONLY =
            Pattern.compile("\\(\\?|\\\\[^dDsSwWbBntrf.\\\\\\[\\](){}*+?|^$/-]|&&|[*+?}]\\+|\\[[^\\]]*\\[");

    private final PlugModel plug;

    ValueSchemas(PlugModel plug) {
        this.plug = plug;
    }

    /** The schema of a key's value. */
    Map<String, Object> of(KeyModel key) {
        return constrained(key.shape(), key.constraints());
    }

    /** Whether the schema of any value refers to a record itself, not to a choice that it is one of. */
    boolean isReferenced(TypeRef record) {
        return plug.records().stream()
                .flatMap(options -> options.keys().stream())
                .flatMap(key -> key.shape().flatten())
                .anyMatch(new TypeShape.Nested(record)::equals);
    }

    /** The name of the schema of a record or choice: as short as it is unique in the plug's options. */
    String definition(TypeRef type) {
        String name = String.join(".", type.simpleNames());
        boolean unique = Stream.concat(
                                plug.records().stream().map(OptionsModel::type),
                                plug.choices().stream().map(ChoiceModel::type))
                        .filter(other -> String.join(".", other.simpleNames()).equals(name))
                        .count()
                == 1;
        return unique ? name : type.canonicalName();
    }

    private Map<String, Object> constrained(TypeShape shape, List<ConstraintModel> constraints) {
        if (shape instanceof TypeShape.OptionalOf optional) {
            return orNull(constrained(optional.value(), constraints));
        }
        Map<String, Object> schema = new LinkedHashMap<>(plain(shape));
        constraints.forEach(constraint -> constrain(schema, shape, constraint));
        return schema;
    }

    private Map<String, Object> plain(TypeShape shape) {
        if (shape instanceof TypeShape.Scalar scalar) {
            return scalar(scalar.kind());
        } else if (shape instanceof TypeShape.Boxed boxed) {
            return scalar(boxed.kind());
        } else if (shape instanceof TypeShape.EnumOf constants) {
            return Map.of("enum", names(constants));
        } else if (shape instanceof TypeShape.Decoded decoded) {
            return decoded.accepted()
                    .map(Accepted::schema)
                    .filter(schema -> !schema.isEmpty())
                    .orElseGet(() -> decoded.isScalar() ? Map.of("type", TEXT) : Map.of());
        } else if (shape instanceof TypeShape.Nested nested) {
            return Map.of("$ref", "#/$defs/" + definition(nested.type()));
        } else if (shape instanceof TypeShape.ChoiceOf choice) {
            return Map.of("$ref", "#/$defs/" + definition(choice.type()));
        } else if (shape instanceof TypeShape.ListOf list) {
            return Ordered.of("type", "array", "items", plain(list.element()));
        } else if (shape instanceof TypeShape.SetOf set) {
            Map<String, Object> schema = Ordered.of("type", "array", "items", plain(set.element()));
            schema.put("uniqueItems", true);
            return schema;
        } else if (shape instanceof TypeShape.MapOf map) {
            return map(map);
        }
        throw new IllegalArgumentException("no rule refused " + shape);
    }

    private Map<String, Object> map(TypeShape.MapOf map) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        if (map.key() instanceof TypeShape.EnumOf constants) {
            schema.put("propertyNames", Map.of("enum", names(constants)));
        }
        schema.put("additionalProperties", plain(map.value()));
        return schema;
    }

    private static List<String> names(TypeShape.EnumOf constants) {
        return constants.constants().stream().map(KeyNames::ofConstant).toList();
    }

    private static Map<String, Object> scalar(ScalarKind kind) {
        return switch (kind) {
            case BOOLEAN -> Map.of("type", "boolean");
            case BYTE -> integer(Byte.MIN_VALUE, Byte.MAX_VALUE);
            case SHORT -> integer(Short.MIN_VALUE, Short.MAX_VALUE);
            case INT -> integer(Integer.MIN_VALUE, Integer.MAX_VALUE);
            case LONG -> integer(Long.MIN_VALUE, Long.MAX_VALUE);
            case FLOAT, DOUBLE -> Map.of("type", "number");
            case STRING -> Map.of("type", TEXT);
            case PATH -> Ordered.of("type", TEXT, "pattern", NOT_BLANK);
            case URI, PATTERN -> Map.of("type", TEXT);
            case DURATION -> Ordered.of("type", "string", "pattern", DURATION);
            case DATA_SIZE -> Ordered.of("type", "string", "pattern", DATA_SIZE);
        };
    }

    private static Map<String, Object> integer(long min, long max) {
        Map<String, Object> schema = Ordered.of("type", "integer", "minimum", min);
        schema.put("maximum", max);
        return schema;
    }

    private static void constrain(Map<String, Object> schema, TypeShape shape, ConstraintModel constraint) {
        if (constraint instanceof ConstraintModel.Range range) {
            lower(schema, range);
            upper(schema, range);
        } else if (constraint instanceof ConstraintModel.Size size) {
            atLeast(schema, shape, size.min());
            if (size.max() != Integer.MAX_VALUE) {
                schema.put("max" + counted(shape), size.max());
            }
        } else if (constraint instanceof ConstraintModel.NotEmpty) {
            atLeast(schema, shape, 1);
        } else if (constraint instanceof ConstraintModel.NotBlank) {
            notBlank(schema, shape);
        } else if (constraint instanceof ConstraintModel.OneOf oneOf && isText(shape)) {
            schema.put("enum", oneOf.allowed());
        } else if (constraint instanceof ConstraintModel.Matches matches && isText(shape)) {
            matches(schema, matches.regex().text());
        } else if (constraint instanceof ConstraintModel.Each each) {
            each(schema, shape, each);
        }
    }

    private static boolean isText(TypeShape shape) {
        return shape instanceof TypeShape.Scalar scalar && scalar.kind() == ScalarKind.STRING;
    }

    /** Schemas know the regular expressions of ECMAScript; what those may not have, or have otherwise, is left out. */
    private static void matches(Map<String, Object> schema, String regex) {
        if (!JAVA_ONLY.matcher(regex).find()) {
            Map<String, Object> pattern = Ordered.of("pattern", "^(?:" + regex + ")$");
            schema.put("allOf", List.of(pattern));
        }
    }

    private static void each(Map<String, Object> schema, TypeShape shape, ConstraintModel.Each each) {
        if (each.nonBlank()) {
            notBlank(schema, shape);
        }
        if (each.unique() && !(shape instanceof TypeShape.MapOf)) {
            schema.put("uniqueItems", true);
        }
    }

    private static void atLeast(Map<String, Object> schema, TypeShape shape, int count) {
        schema.merge("min" + counted(shape), count, (one, other) -> Math.max((int) one, (int) other));
    }

    private static void notBlank(Map<String, Object> schema, TypeShape shape) {
        if (shape instanceof TypeShape.ListOf || shape instanceof TypeShape.SetOf) {
            Map<String, Object> element = new LinkedHashMap<>();
            ((Map<?, ?>) schema.get("items")).forEach((key, value) -> element.put(key.toString(), value));
            element.put("pattern", NOT_BLANK);
            schema.put("items", element);
        } else {
            schema.put("pattern", NOT_BLANK);
        }
    }

    private static void lower(Map<String, Object> schema, ConstraintModel.Range range) {
        boolean tighter = !(schema.get("minimum") instanceof Long limit) || range.min() >= limit;
        if (!Double.isInfinite(range.min()) && tighter) {
            schema.remove("minimum");
            schema.put(range.exclusiveMin() ? "exclusiveMinimum" : "minimum", new Bound(range.min()));
        }
    }

    private static void upper(Map<String, Object> schema, ConstraintModel.Range range) {
        boolean tighter = !(schema.get("maximum") instanceof Long limit) || range.max() <= limit;
        if (!Double.isInfinite(range.max()) && tighter) {
            schema.remove("maximum");
            schema.put(range.exclusiveMax() ? "exclusiveMaximum" : "maximum", new Bound(range.max()));
        }
    }

    /** A limit that is printed as a person would write it. */
    private record Bound(double value) {
        @Override
        public String toString() {
            return Numbers.text(value);
        }
    }

    private static String counted(TypeShape shape) {
        if (shape instanceof TypeShape.MapOf) {
            return "Properties";
        }
        return shape.isCollection() ? "Items" : "Length";
    }

    /** An optional value may be null, which means that there is none. */
    private static Map<String, Object> orNull(Map<String, Object> schema) {
        Map<String, Object> nullable = new LinkedHashMap<>(schema);
        Object type = schema.containsKey("enum") ? null : schema.get("type");
        if (type instanceof String one) {
            nullable.put("type", List.of(one, "null"));
        } else if (type instanceof List<?> several) {
            nullable.put(
                    "type", Stream.concat(several.stream(), Stream.of("null")).toList());
        } else {
            return Ordered.of("anyOf", List.of(schema, Map.of("type", "null")));
        }
        return nullable;
    }
}
