package io.graft.processor.render;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeSpec;
import io.graft.processor.model.CoreNames;
import io.graft.processor.model.SourceRef;
import io.graft.processor.model.TypeRef;
import javax.annotation.processing.Generated;
import javax.lang.model.element.Modifier;

/**
 * A generated class.
 *
 * @param origin the one declaration that it is made from
 */
public record GeneratedClass(TypeRef type, String text, SourceRef origin) {
    private static final String PROCESSOR = "io.graft.processor.PlugBindingProcessor";

    static GeneratedClass of(TypeRef type, TypeSpec spec, SourceRef origin) {
        JavaFile file = JavaFile.builder(type.packageName(), spec)
                .skipJavaLangImports(true)
                .indent("    ")
                .build();
        return new GeneratedClass(type, CoreNames.in(file.toString()), origin);
    }

    /** A public final class with the constructor that {@link java.util.ServiceLoader} and other binders call. */
    static TypeSpec.Builder publicClass(TypeRef type) {
        return TypeSpec.classBuilder(type.simpleName())
                .addAnnotation(AnnotationSpec.builder(Generated.class)
                        .addMember("value", "$S", PROCESSOR)
                        .build())
                .addModifiers(Modifier.PUBLIC, Modifier.FINAL)
                .addMethod(MethodSpec.constructorBuilder()
                        .addModifiers(Modifier.PUBLIC)
                        .build());
    }

    /** A class that only the one around it calls. */
    static TypeSpec.Builder nestedClass(String name) {
        return TypeSpec.classBuilder(name).addModifiers(Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL);
    }

    static ClassName className(TypeRef type) {
        String[] nested = type.simpleNames().stream().skip(1).toArray(String[]::new);
        return ClassName.get(type.packageName(), type.simpleNames().get(0), nested);
    }
}
