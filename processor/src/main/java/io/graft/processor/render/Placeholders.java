package io.graft.processor.render;

import com.typesafe.config.ConfigUtil;
import io.graft.processor.model.ChoiceModel;
import io.graft.processor.model.ConstraintModel;
import io.graft.processor.model.KeyModel;
import io.graft.processor.model.KeyNames;
import io.graft.processor.model.PlugModel;
import io.graft.processor.model.ScalarKind;
import io.graft.processor.model.TypeRef;
import io.graft.processor.model.TypeShape;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Values that show the form of a key: texts in angle brackets are to be replaced, numbers are within their range. */
final class Placeholders {
    private final PlugModel plug;

    Placeholders(PlugModel plug) {
        this.plug = plug;
    }

    /** A key as a file writes it; {@code include} at the start of a line is HOCON's own word. */
    static String name(KeyModel key) {
        return key.key().equals("include") ? "\"include\"" : key.key();
    }

    /** A value for a key. */
    String of(KeyModel key) {
        return of(key, Set.of());
    }

    private String of(KeyModel key, Set<TypeRef> around) {
        for (ConstraintModel constraint : key.constraints()) {
            if (constraint instanceof ConstraintModel.Range range) {
                return within(range);
            } else if (constraint instanceof ConstraintModel.OneOf oneOf
                    && !key.shape().isCollection()) {
                return ConfigUtil.quoteString(oneOf.allowed().get(0));
            }
        }
        return of(key.shape(), around);
    }

    private String of(TypeShape shape, Set<TypeRef> around) {
        if (shape instanceof TypeShape.Scalar scalar) {
            return scalar(scalar.kind());
        } else if (shape instanceof TypeShape.Boxed boxed) {
            return scalar(boxed.kind());
        } else if (shape instanceof TypeShape.EnumOf constants) {
            return KeyNames.ofConstant(constants.constants().get(0));
        } else if (shape instanceof TypeShape.Nested nested) {
            return object(nested.type(), Stream.empty(), around);
        } else if (shape instanceof TypeShape.ChoiceOf choice) {
            return choice(plug.choice(choice.type()), around);
        } else if (shape instanceof TypeShape.ListOf list) {
            return "[" + of(list.element(), around) + "]";
        } else if (shape instanceof TypeShape.SetOf set) {
            return "[" + of(set.element(), around) + "]";
        } else if (shape instanceof TypeShape.MapOf map) {
            String key = map.key() instanceof TypeShape.EnumOf constants ? of(constants, around) : "\"<name>\"";
            return "{ " + key + " = " + of(map.value(), around) + " }";
        } else if (shape instanceof TypeShape.OptionalOf optional) {
            return of(optional.value(), around);
        }
        return "\"<" + Wording.type(shape) + ">\"";
    }

    /** The first alternative. */
    private String choice(ChoiceModel choice, Set<TypeRef> around) {
        ChoiceModel.Alternative first = choice.records().get(0);
        return object(
                first.type(),
                Stream.of(choice.discriminator() + " = " + first.tag().text()),
                around);
    }

    /** The required keys of a record, after what is given. */
    private String object(TypeRef type, Stream<String> before, Set<TypeRef> around) {
        if (around.contains(type)) {
            return "{}";
        }
        Set<TypeRef> inside = Stream.concat(around.stream(), Stream.of(type)).collect(Collectors.toUnmodifiableSet());
        Stream<String> required = plug.record(type).keys().stream()
                .filter(key -> key.absence() == KeyModel.Absence.REQUIRED)
                .map(key -> name(key) + " = " + of(key, inside));
        List<String> settings = Stream.concat(before, required).toList();
        return settings.isEmpty() ? "{}" : "{ " + String.join(", ", settings) + " }";
    }

    private static String scalar(ScalarKind kind) {
        return switch (kind) {
            case BOOLEAN -> "false";
            case BYTE, SHORT, INT, LONG, FLOAT, DOUBLE -> "1";
            case STRING -> "\"<text>\"";
            case PATH -> "\"<path>\"";
            case URI -> "\"uri\"";
            case PATTERN -> "\"<regular expression>\"";
            case DURATION -> "1s";
            case DATA_SIZE -> "1MB";
        };
    }

    private static String within(ConstraintModel.Range range) {
        boolean above = 1 > range.min() || (1 == range.min() && !range.exclusiveMin());
        boolean below = 1 < range.max() || (1 == range.max() && !range.exclusiveMax());
        if (above && below) {
            return "1";
        }
        boolean hasBoth = !Double.isInfinite(range.min()) && !Double.isInfinite(range.max());
        if (hasBoth && (range.exclusiveMin() || range.exclusiveMax())) {
            return Numbers.text(range.min() + (range.max() - range.min()) / 2);
        }
        return above
                ? Numbers.text(range.exclusiveMax() ? range.max() - 1 : range.max())
                : Numbers.text(range.exclusiveMin() ? range.min() + 1 : range.min());
    }
}
