package io.graft.processor.render;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.NameAllocator;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeSpec;
import io.graft.config.decoding.Constraints;
import io.graft.config.reading.Key;
import io.graft.config.reading.ObjectBinding;
import io.graft.config.reading.OptionsCheck;
import io.graft.processor.model.ComponentModel;
import io.graft.processor.model.ConstraintModel;
import io.graft.processor.model.KeyLife;
import io.graft.processor.model.KeyModel;
import io.graft.processor.model.KeyRelation;
import io.graft.processor.model.Literal;
import io.graft.processor.model.OptionsModel;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;

/** Renders the binder of an options record. */
final class BinderRenderer {
    private static final String OBJECT = "object parameter";

    private BinderRenderer() {}

    /** The members of the class that reads the record from a configuration object. */
    static TypeSpec.Builder addTo(TypeSpec.Builder type, OptionsModel options, BinderNames names) {
        ClassName record = GeneratedClass.className(options.type());
        return type.addMethod(keys(options))
                .addMethod(declare(options, record, names))
                .addMethod(WriteRenderer.write(options, record, names));
    }

    private static MethodSpec declare(OptionsModel options, ClassName record, BinderNames binders) {
        NameAllocator names = new NameAllocator();
        options.components().forEach(component -> names.newName(component.component(), component));
        String object = names.newName("object", OBJECT);
        MethodSpec.Builder declare = MethodSpec.methodBuilder("declare")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .returns(ParameterizedTypeName.get(ClassName.get(Key.class), record))
                .addParameter(ObjectBinding.class, object);
        CodeBlock relations = relations(options);
        if (!relations.isEmpty()) {
            declare.addStatement("$L$L", object, relations);
        }
        options.components()
                // var, since javac resolves every import again in each round
                .forEach(component ->
                        declare.addStatement("var $L = $L", names.get(component), value(object, component, binders)));
        String values = options.components().stream()
                .map(component -> names.get(component) + ".get()")
                .collect(Collectors.joining(",\n", options.components().isEmpty() ? "" : "\n", ""));
        return declare.addStatement(
                        "return $L.value(() -> new $T($L)$L)", object, record, values, checks(options, record))
                .build();
    }

    private static CodeBlock value(String object, ComponentModel component, BinderNames binders) {
        return component instanceof KeyModel key
                ? key(object, key, binders)
                : CodeBlock.of("new $T().declare($L)", binders.of(component.shape()), object);
    }

    private static MethodSpec keys(OptionsModel options) {
        return MethodSpec.methodBuilder("keys")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .returns(ParameterizedTypeName.get(List.class, String.class))
                .addStatement(
                        "return $T.of($L)",
                        List.class,
                        options.keys().stream()
                                .map(key -> CodeBlock.of("$S", key.key()))
                                .collect(CodeBlock.joining(", ")))
                .build();
    }

    private static CodeBlock relations(OptionsModel options) {
        CodeBlock.Builder chain = CodeBlock.builder();
        options.ownRemovedKeys()
                .forEach(removed ->
                        chain.add("\n.removed($S, $S, $S)", removed.key().text(), removed.since(), removed.reason()));
        options.includes().ifPresent(file -> chain.add("\n.includes($S)", file));
        options.ownRelations()
                .forEach(relation -> chain.add(
                        "\n.$L($L)",
                        relation instanceof KeyRelation.Exclusive ? "exclusive" : "requires",
                        texts(relation.keys().stream().map(Literal::text))));
        return chain.build();
    }

    private static CodeBlock checks(OptionsModel options, ClassName record) {
        if (options.checks().isEmpty()) {
            return CodeBlock.of("");
        }
        CodeBlock all = options.checks().stream()
                .map(check ->
                        CodeBlock.of("new $T<>($S, $T::$L)", OptionsCheck.class, check.name(), record, check.name()))
                .collect(CodeBlock.joining(",\n"));
        return CodeBlock.of(",\n$T.of(\n$>$>$L)$<$<", List.class, all);
    }

    private static CodeBlock life(KeyLife life) {
        CodeBlock.Builder chain = CodeBlock.builder();
        if (!life.aliases().isEmpty()) {
            chain.add("\n.alias($L)", texts(life.aliases().stream().map(Literal::text)));
        }
        life.former()
                .forEach(former -> chain.add(
                        "\n.renamedFrom($S, $S, $S)", former.name().text(), former.since(), former.removeIn()));
        if (life.secret().isPresent()) {
            chain.add("\n.secret()");
        }
        return chain.build();
    }

    private static CodeBlock texts(Stream<String> texts) {
        return texts.map(text -> CodeBlock.of("$S", text)).collect(CodeBlock.joining(", "));
    }

    private static CodeBlock key(String object, KeyModel key, BinderNames binders) {
        CodeBlock.Builder chain = CodeBlock.builder()
                .add("$L\n.key($S, $L)", object, key.key(), ShapeRenderer.decoder(key.shape(), binders));
        chain.add(life(key.life()));
        key.constraints().forEach(constraint -> chain.add("\n.check($L)", constraint(constraint)));
        return chain.add("\n").add(absence(key)).build();
    }

    private static CodeBlock absence(KeyModel key) {
        return switch (key.absence()) {
            case REQUIRED -> CodeBlock.of(".required()");
            case OPTIONAL -> CodeBlock.of(".optional()");
            case EMPTY -> CodeBlock.of(".orEmpty()");
            case DEFAULT ->
                CodeBlock.of(".orDefault($S)", key.defaultValue().orElseThrow().text());
        };
    }

    private static CodeBlock constraint(ConstraintModel constraint) {
        if (constraint instanceof ConstraintModel.Range range) {
            return range(range);
        } else if (constraint instanceof ConstraintModel.Size size) {
            return CodeBlock.of("$T.size($L, $L)", Constraints.class, size.min(), size.max());
        } else if (constraint instanceof ConstraintModel.NotBlank) {
            return CodeBlock.of("$T.notBlank()", Constraints.class);
        } else if (constraint instanceof ConstraintModel.Matches matches) {
            return CodeBlock.of(
                    "$T.matches($S)", Constraints.class, matches.regex().text());
        } else if (constraint instanceof ConstraintModel.OneOf oneOf) {
            return CodeBlock.of("$T.oneOf($L)", Constraints.class, texts(oneOf.allowed().stream()));
        } else if (constraint instanceof ConstraintModel.Each each) {
            return CodeBlock.of("$T.each($L, $L)", Constraints.class, each.nonBlank(), each.unique());
        } else if (constraint instanceof ConstraintModel.Digits digits) {
            return CodeBlock.of("$T.digits($L, $L)", Constraints.class, digits.integer(), digits.fraction());
        }
        return CodeBlock.of("$T.notEmpty()", Constraints.class);
    }

    private static CodeBlock range(ConstraintModel.Range range) {
        CodeBlock bounds = CodeBlock.of("$L, $L", bound(range.min()), bound(range.max()));
        return range.exclusiveMin() || range.exclusiveMax()
                ? CodeBlock.of(
                        "$T.range($L, $L, $L)", Constraints.class, bounds, range.exclusiveMin(), range.exclusiveMax())
                : CodeBlock.of("$T.range($L)", Constraints.class, bounds);
    }

    private static CodeBlock bound(double value) {
        if (Double.isInfinite(value)) {
            return CodeBlock.of("$T.$L", Double.class, value < 0 ? "NEGATIVE_INFINITY" : "POSITIVE_INFINITY");
        }
        String number = Numbers.text(value);
        boolean isLong = !number.contains(".") && Math.abs(value) > Integer.MAX_VALUE;
        return CodeBlock.of("$L", isLong ? number + "L" : number);
    }
}
