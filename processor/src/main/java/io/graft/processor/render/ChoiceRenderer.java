package io.graft.processor.render;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import io.graft.config.Binder;
import io.graft.config.Bound;
import io.graft.config.ConfigCursor;
import io.graft.config.RecordWriter;
import io.graft.processor.model.ChoiceModel;
import javax.lang.model.element.Modifier;

/** Renders the binder of a sealed interface of records. */
public final class ChoiceRenderer {
    private ChoiceRenderer() {}

    /** The class that reads one of the records from a configuration object. */
    public static GeneratedClass render(ChoiceModel choice) {
        ClassName type = GeneratedClass.className(choice.type());
        return GeneratedClass.of(
                choice.binderType(),
                GeneratedClass.publicClass(choice.binderType())
                        .addJavadoc("Reads {@link $T} from a configuration object, and writes it back.\n", type)
                        .addSuperinterface(ParameterizedTypeName.get(ClassName.get(Binder.class), type))
                        .addSuperinterface(ParameterizedTypeName.get(ClassName.get(RecordWriter.class), type))
                        .addMethod(bind(choice, type))
                        .addMethod(WriteRenderer.write(choice, type))
                        .build(),
                choice.declaration().at());
    }

    private static MethodSpec bind(ChoiceModel choice, ClassName type) {
        CodeBlock.Builder chain = CodeBlock.builder().add("return cursor.<$T>choice($S)", type, choice.discriminator());
        choice.alternatives()
                .forEach(alternative -> chain.add(
                        "\n.option($S, new $T())",
                        alternative.tag().text(),
                        GeneratedClass.className(alternative.type().beside("_Binder"))));
        return MethodSpec.methodBuilder("bind")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .returns(ParameterizedTypeName.get(ClassName.get(Bound.class), type))
                .addParameter(ConfigCursor.class, "cursor")
                .addStatement(chain.add("\n.finish()").build())
                .build();
    }
}
