package io.graft.processor.render;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import io.graft.config.DataSize;
import io.graft.config.Decoders;
import io.graft.processor.model.ScalarKind;
import io.graft.processor.model.TypeShape;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The Java type of a shape and the decoder that reads it. */
final class ShapeRenderer {
    private ShapeRenderer() {}

    /** The type as a type argument, primitives boxed. */
    static TypeName type(TypeShape shape) {
        if (shape instanceof TypeShape.Scalar scalar) {
            return scalar(scalar.kind());
        } else if (shape instanceof TypeShape.Boxed boxed) {
            return scalar(boxed.kind());
        } else if (shape instanceof TypeShape.EnumOf constants) {
            return GeneratedClass.className(constants.type());
        } else if (shape instanceof TypeShape.Decoded decoded) {
            return GeneratedClass.className(decoded.type());
        } else if (shape instanceof TypeShape.Nested nested) {
            return GeneratedClass.className(nested.type());
        } else if (shape instanceof TypeShape.ChoiceOf choice) {
            return GeneratedClass.className(choice.type());
        } else if (shape instanceof TypeShape.ListOf list) {
            return ParameterizedTypeName.get(ClassName.get(List.class), type(list.element()));
        } else if (shape instanceof TypeShape.SetOf set) {
            return ParameterizedTypeName.get(ClassName.get(Set.class), type(set.element()));
        } else if (shape instanceof TypeShape.MapOf map) {
            return ParameterizedTypeName.get(ClassName.get(Map.class), type(map.key()), type(map.value()));
        } else if (shape instanceof TypeShape.OptionalOf optional) {
            return ParameterizedTypeName.get(ClassName.get(Optional.class), type(optional.value()));
        }
        throw new IllegalArgumentException("no rule refused " + shape);
    }

    private static TypeName scalar(ScalarKind kind) {
        return switch (kind) {
            case BOOLEAN -> TypeName.BOOLEAN.box();
            case BYTE -> TypeName.BYTE.box();
            case SHORT -> TypeName.SHORT.box();
            case INT -> TypeName.INT.box();
            case LONG -> TypeName.LONG.box();
            case FLOAT -> TypeName.FLOAT.box();
            case DOUBLE -> TypeName.DOUBLE.box();
            case STRING -> ClassName.get(String.class);
            case PATH -> ClassName.get(Path.class);
            case URI -> ClassName.get(URI.class);
            case PATTERN -> ClassName.get(Pattern.class);
            case DURATION -> ClassName.get(Duration.class);
            case DATA_SIZE -> ClassName.get(DataSize.class);
        };
    }

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
            return call(
                    "nested", CodeBlock.of("new $T()", binders.of(shape.bound().get())));
        } else if (shape instanceof TypeShape.ListOf list) {
            return call("list", decoder(list.element(), binders));
        } else if (shape instanceof TypeShape.SetOf set) {
            return call("set", decoder(set.element(), binders));
        } else if (shape instanceof TypeShape.MapOf map) {
            return map(map, binders);
        } else if (shape instanceof TypeShape.OptionalOf optional) {
            return decoder(optional.value(), binders);
        }
        throw new IllegalArgumentException("no rule refused " + shape);
    }

    private static CodeBlock map(TypeShape.MapOf map, BinderNames binders) {
        return map.key() instanceof TypeShape.EnumOf key
                ? call(
                        "map",
                        CodeBlock.of(
                                "$T.class, $L", GeneratedClass.className(key.type()), decoder(map.value(), binders)))
                : call("map", decoder(map.value(), binders));
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
