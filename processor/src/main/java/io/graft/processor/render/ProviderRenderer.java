package io.graft.processor.render;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import io.graft.ModelModifier;
import io.graft.config.Bound;
import io.graft.config.ConfigCursor;
import io.graft.processor.model.ModifierModel;
import io.graft.processor.model.OptionsModel;
import io.graft.processor.model.TypeRef;
import io.graft.registry.ApiLevel;
import io.graft.registry.ModifierProvider;
import io.graft.registry.PlugDescriptor;
import java.util.Optional;
import javax.lang.model.element.Modifier;

/** Renders the provider of a modifier, with its descriptor. */
public final class ProviderRenderer {
    private ProviderRenderer() {}

    /** The name of the provider of a modifier. */
    public static TypeRef providerType(TypeRef modifier) {
        return modifier.beside("_Provider");
    }

    /** The class that {@link java.util.ServiceLoader} finds. */
    public static GeneratedClass render(ModifierModel modifier) {
        TypeRef provider = providerType(modifier.type());
        return GeneratedClass.of(
                provider,
                GeneratedClass.publicClass(provider)
                        .addJavadoc(
                                "Offers {@code $L} under the id {@code $L}.\n",
                                modifier.type().simpleName(),
                                modifier.id().text())
                        .addSuperinterface(ModifierProvider.class)
                        .addField(descriptorConstant(modifier))
                        .addMethod(apiLevel())
                        .addMethod(descriptor())
                        .addMethod(bind(modifier))
                        .build(),
                modifier.declaration().at());
    }

    private static FieldSpec descriptorConstant(ModifierModel modifier) {
        CodeBlock options = OptionsDescriber.describe(modifier).stream()
                .map(option -> CodeBlock.of(",\n$L", option))
                .collect(CodeBlock.joining(""));
        return FieldSpec.builder(PlugDescriptor.class, "DESCRIPTOR", Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
                .initializer(
                        "$T.of(\n$>$>$S,\n$S,\n$S$L)$L$<$<",
                        PlugDescriptor.class,
                        modifier.id().text(),
                        modifier.type().binaryName(),
                        modifier.documentation(),
                        options,
                        aliases(modifier))
                .build();
    }

    private static CodeBlock aliases(ModifierModel modifier) {
        return modifier.aliases().isEmpty()
                ? CodeBlock.of("")
                : CodeBlock.of(
                        "\n.withAliases($L)",
                        modifier.aliases().stream()
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

    private static MethodSpec bind(ModifierModel modifier) {
        MethodSpec.Builder bind = MethodSpec.methodBuilder("bind")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .returns(ParameterizedTypeName.get(Bound.class, ModelModifier.class))
                .addParameter(ConfigCursor.class, "entry");
        ClassName type = GeneratedClass.className(modifier.type());
        Optional<OptionsModel> options = modifier.options();
        if (options.isPresent()) {
            bind.addStatement(
                    "return new $T().bind(entry).map($T::new)",
                    GeneratedClass.className(options.get().binderType()),
                    type);
        } else {
            bind.addStatement("return entry.object().finish($T::new)", type);
        }
        return bind.build();
    }
}
