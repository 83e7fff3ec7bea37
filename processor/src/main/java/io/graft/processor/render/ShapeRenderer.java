package io.graft.processor.render;

import com.palantir.javapoet.CodeBlock;
import io.graft.config.decoding.Decoders;
import io.graft.processor.model.ScalarKind;
import io.graft.processor.model.TypeShape;
import java.util.List;

/** The decoder that reads a shape. */
final class ShapeRenderer {
    private ShapeRenderer() {}

    /** The decoder of a shape; of an optional value, that of the value. */
    static CodeBlock decoder(TypeShape shape, BinderNames binders) {
        if (shape instanceof TypeShape.Scalar scalar) {
            return call(method(scalar.kind()));
        } else if (shape instanceof TypeShape.Boxed boxed) {
            return call(method(boxed.kind()));
        } else if (shape instanceof TypeShape.EnumOf constants) {
            return call("enumeration", CodeBlock.of("$T.class", GeneratedClass.className(constants.type())));
        } else if (shape instanceof TypeShape.Decoded decoded) {
            CodeBlock decoder = CodeBlock.of("new $T()", GeneratedClass.className(decoded.decoder()));
            return decoded.isScalar() ? call("scalar", decoder) : decoder;
        } else if (shape.bound().isPresent()) {
            return call("nested", CodeBlock.of("new $T()", binders.of(shape)));
        } else if (shape instanceof TypeShape.ListOf list) {
            return CodeBlock.of("$L.inList()", decoder(list.element(), binders));
        } else if (shape instanceof TypeShape.SetOf set) {
            return CodeBlock.of("$L.inSet()", decoder(set.element(), binders));
        } else if (shape instanceof TypeShape.MapOf map) {
            return map(map, binders);
        } else if (shape instanceof TypeShape.OptionalOf optional) {
            return decoder(optional.value(), binders);
        }
        throw new IllegalArgumentException("no rule refused " + shape);
    }

    private static CodeBlock map(TypeShape.MapOf map, BinderNames binders) {
        CodeBlock value = decoder(map.value(), binders);
        return map.key() instanceof TypeShape.EnumOf key
                ? CodeBlock.of("$L.inMap($T.class)", value, GeneratedClass.className(key.type()))
                : CodeBlock.of("$L.inMap()", value);
    }

    private static String method(ScalarKind kind) {
        return switch (kind) {
            case BOOLEAN -> "bool";
            case BYTE -> "int8";
            case SHORT -> "int16";
            case INT -> "int32";
            case LONG -> "int64";
            case FLOAT -> "float32";
            case DOUBLE -> "float64";
            case STRING -> "string";
            case PATH -> "path";
            case URI -> "uri";
            case PATTERN -> "pattern";
            case DURATION -> "duration";
            case DATA_SIZE -> "dataSize";
        };
    }

    private static CodeBlock call(String method, CodeBlock... arguments) {
        return CodeBlock.of("$T.$L($L)", Decoders.class, method, CodeBlock.join(List.of(arguments), ", "));
    }
}
