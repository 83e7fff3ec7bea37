package io.graft.processor.render;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import io.graft.config.writing.ConfigWriter;
import io.graft.config.writing.Encoders;
import io.graft.processor.model.ChoiceModel;
import io.graft.processor.model.ComponentModel;
import io.graft.processor.model.KeyModel;
import io.graft.processor.model.OptionsModel;
import io.graft.processor.model.ScalarKind;
import io.graft.processor.model.TypeShape;
import java.util.List;
import javax.lang.model.element.Modifier;

/** Renders the method of a binder that turns a record, or one of several, back into a configuration object. */
final class WriteRenderer {
    private WriteRenderer() {}

    static MethodSpec write(OptionsModel options, ClassName record, BinderNames binders) {
        MethodSpec.Builder write = MethodSpec.methodBuilder("write")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .addParameter(record, "options")
                .addParameter(ConfigWriter.class, "writer");
        options.components().forEach(component -> write.addStatement(put(component, binders)));
        return write.build();
    }

    private static CodeBlock put(ComponentModel component, BinderNames binders) {
        if (component instanceof KeyModel key) {
            return CodeBlock.of(
                    "writer.$L($S, $L, options.$L())",
                    key.absence() == KeyModel.Absence.OPTIONAL ? "putIfPresent" : "put",
                    key.key(),
                    encoder(key.shape(), binders),
                    key.component());
        }
        return CodeBlock.of(
                "new $T().write(options.$L(), writer)", binders.of(component.shape()), component.component());
    }

    /** Of a choice: the tag, and the rest by the binder of the record that it is. */
    static MethodSpec write(ChoiceModel choice, ClassName type, BinderNames binders) {
        MethodSpec.Builder write = MethodSpec.methodBuilder("write")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .addParameter(type, "options")
                .addParameter(ConfigWriter.class, "writer");
        for (ChoiceModel.Alternative alternative : choice.records()) {
            write.beginControlFlow("if (options instanceof $T kind)", GeneratedClass.className(alternative.type()))
                    .addStatement(
                            "writer.put($S, $T.text(), $S)",
                            choice.discriminator(),
                            Encoders.class,
                            alternative.tag().text())
                    .addStatement("new $T().write(kind, writer)", binders.of(alternative.type()))
                    .endControlFlow();
        }
        return write.build();
    }

    /** The encoder of a shape; of an optional value, that of the value. */
    private static CodeBlock encoder(TypeShape shape, BinderNames binders) {
        if (shape instanceof TypeShape.Scalar scalar) {
            return call(method(scalar.kind()));
        } else if (shape instanceof TypeShape.Boxed boxed) {
            return call(method(boxed.kind()));
        } else if (shape instanceof TypeShape.EnumOf) {
            return call("enumeration");
        } else if (shape instanceof TypeShape.Decoded decoded) {
            return CodeBlock.of("new $T().encoder()", GeneratedClass.className(decoded.decoder()));
        } else if (shape.bound().isPresent()) {
            return call("nested", CodeBlock.of("new $T()", binders.of(shape)));
        } else if (shape instanceof TypeShape.ListOf list) {
            return CodeBlock.of("$L.forElements()", encoder(list.element(), binders));
        } else if (shape instanceof TypeShape.SetOf set) {
            return CodeBlock.of("$L.forElements()", encoder(set.element(), binders));
        } else if (shape instanceof TypeShape.MapOf map) {
            return CodeBlock.of("$L.forEntries()", encoder(map.value(), binders));
        } else if (shape instanceof TypeShape.OptionalOf optional) {
            return encoder(optional.value(), binders);
        }
        throw new IllegalArgumentException("no rule refused " + shape);
    }

    private static String method(ScalarKind kind) {
        return switch (kind) {
            case BOOLEAN -> "bool";
            case BYTE, SHORT, INT, LONG, FLOAT, DOUBLE -> "number";
            case STRING, PATH, URI, PATTERN, DATA_SIZE -> "text";
            case DURATION -> "duration";
        };
    }

    private static CodeBlock call(String method, CodeBlock... arguments) {
        return CodeBlock.of("$T.$L($L)", Encoders.class, method, CodeBlock.join(List.of(arguments), ", "));
    }
}
