package io.graft.processor.render;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeSpec;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.processor.model.ChoiceModel;
import javax.lang.model.element.Modifier;

/** Renders the binder of a sealed interface of records. */
final class ChoiceRenderer {
    private ChoiceRenderer() {}

    /** The members of the class that reads one of the records from a configuration object. */
    static TypeSpec.Builder addTo(TypeSpec.Builder type, ChoiceModel choice, BinderNames names) {
        ClassName sealed = GeneratedClass.className(choice.type());
        return type.addMethod(bind(choice, sealed, names)).addMethod(WriteRenderer.write(choice, sealed, names));
    }

    private static MethodSpec bind(ChoiceModel choice, ClassName type, BinderNames names) {
        CodeBlock.Builder chain = CodeBlock.builder().add("return cursor.<$T>choice($S)", type, choice.discriminator());
        choice.alternatives()
                .forEach(alternative ->
                        chain.add("\n.option($S, new $T())", alternative.tag().text(), names.of(alternative.type())));
        return MethodSpec.methodBuilder("bind")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .returns(ParameterizedTypeName.get(ClassName.get(Bound.class), type))
                .addParameter(ConfigCursor.class, "cursor")
                .addStatement(chain.add("\n.finish()").build())
                .build();
    }
}
