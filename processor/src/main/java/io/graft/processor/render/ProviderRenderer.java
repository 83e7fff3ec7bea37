package io.graft.processor.render;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.processor.model.OptionsModel;
import io.graft.processor.model.PlugModel;
import io.graft.processor.model.TypeRef;
import io.graft.registry.ApiLevel;
import io.graft.registry.PlugDescriptor;
import java.util.Optional;
import javax.lang.model.element.Modifier;

/** Renders the provider of a plug, with its descriptor. */
public final class ProviderRenderer {
    private ProviderRenderer() {}

    /** The name of the provider of a plug. */
    public static TypeRef providerType(TypeRef plug) {
        return plug.beside("_Provider");
    }

    /** The class that {@link java.util.ServiceLoader} finds. */
    public static GeneratedClass render(PlugModel plug) {
        TypeRef provider = providerType(plug.type());
        return GeneratedClass.of(
                provider,
                GeneratedClass.publicClass(provider)
                        .addJavadoc(
                                "Offers {@code $L} under the id {@code $L}.\n",
                                plug.type().simpleName(),
                                plug.id().text())
                        .addSuperinterface(plug.kind().service())
                        .addField(descriptorConstant(plug))
                        .addMethod(apiLevel())
                        .addMethod(descriptor())
                        .addMethod(bind(plug))
                        .build(),
                plug.declaration().at());
    }

    private static FieldSpec descriptorConstant(PlugModel plug) {
        CodeBlock options = OptionsDescriber.describe(plug).stream()
                .map(option -> CodeBlock.of(",\n$L", option))
                .collect(CodeBlock.joining(""));
        return FieldSpec.builder(PlugDescriptor.class, "DESCRIPTOR", Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
                .initializer(
                        "$T.of(\n$>$>$S,\n$S,\n$S$L)$L$<$<",
                        PlugDescriptor.class,
                        plug.id().text(),
                        plug.type().binaryName(),
                        plug.documentation(),
                        options,
                        aliases(plug))
                .build();
    }

    private static CodeBlock aliases(PlugModel plug) {
        return plug.aliases().isEmpty()
                ? CodeBlock.of("")
                : CodeBlock.of(
                        "\n.withAliases($L)",
                        plug.aliases().stream()
                                .map(alias -> CodeBlock.of("$S", alias.text()))
                                .collect(CodeBlock.joining(", ")));
    }

    private static MethodSpec apiLevel() {
        return MethodSpec.methodBuilder("apiLevel")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .returns(int.class)
                .addStatement("return $L", ApiLevel.NEWEST)
                .build();
    }

    private static MethodSpec descriptor() {
        return MethodSpec.methodBuilder("descriptor")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .returns(PlugDescriptor.class)
                .addStatement("return DESCRIPTOR")
                .build();
    }

    private static MethodSpec bind(PlugModel plug) {
        MethodSpec.Builder bind = MethodSpec.methodBuilder("bind")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .returns(ParameterizedTypeName.get(Bound.class, plug.kind().type()))
                .addParameter(ConfigCursor.class, "object");
        ClassName type = GeneratedClass.className(plug.type());
        Optional<OptionsModel> options = plug.options();
        if (options.isPresent()) {
            bind.addStatement(
                    "return new $T().bind(object).map($T::new)",
                    GeneratedClass.className(options.get().binderType()),
                    type);
        } else {
            bind.addStatement("return object.object().finish($T::new)", type);
        }
        return bind.build();
    }
}
