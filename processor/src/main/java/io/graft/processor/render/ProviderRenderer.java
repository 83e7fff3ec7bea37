package io.graft.processor.render;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import io.graft.ModelModifier;
import io.graft.config.Bound;
import io.graft.config.ConfigCursor;
import io.graft.processor.model.Literal;
import io.graft.processor.model.ModifierModel;
import io.graft.processor.model.OptionsModel;
import io.graft.processor.model.TypeRef;
import io.graft.registry.ApiLevel;
import io.graft.registry.ModifierDescriptor;
import io.graft.registry.ModifierProvider;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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
        List<CodeBlock> options = OptionsDescriber.describe(modifier);
        return FieldSpec.builder(
                        ModifierDescriptor.class, "DESCRIPTOR", Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
                .initializer(
                        "new $T(\n$>$>$S,\n$L,\n$S,\n$S,\n$L)$<$<",
                        ModifierDescriptor.class,
                        modifier.id().text(),
                        listOf(modifier.aliases().stream().map(ProviderRenderer::string), ", "),
                        modifier.type().binaryName(),
                        modifier.documentation(),
                        options.isEmpty() ? CodeBlock.of("$T.of()", List.class) : listOf(options))
                .build();
    }

    private static CodeBlock string(Literal literal) {
        return CodeBlock.of("$S", literal.text());
    }

    private static CodeBlock listOf(Stream<CodeBlock> elements, String separator) {
        return CodeBlock.of("$T.of($L)", List.class, elements.collect(CodeBlock.joining(separator)));
    }

    private static CodeBlock listOf(List<CodeBlock> elements) {
        return CodeBlock.of("$T.of(\n$>$>$L)$<$<", List.class, CodeBlock.join(elements, ",\n"));
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
                .returns(ModifierDescriptor.class)
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
