package io.graft.processor.render;

import com.palantir.javapoet.ClassName;
import io.graft.processor.model.BinderFile;
import io.graft.processor.model.TypeRef;
import io.graft.processor.model.TypeShape;

/** What binders are called in one file: those that stand in it are nested in the one that it is named after. */
record BinderNames(BinderFile file) {
    ClassName of(TypeRef type) {
        return file.holds(type) && !type.equals(file.root())
                ? ofRoot().nestedClass(nested(type))
                : GeneratedClass.className(type.beside("_Binder"));
    }

    /** That of a record or sealed interface. */
    ClassName of(TypeShape bound) {
        return of(bound.bound().orElseThrow());
    }

    /** The name that it would have at top level, which no other has. */
    static String nested(TypeRef type) {
        return type.beside("_Binder").simpleName();
    }

    private ClassName ofRoot() {
        return GeneratedClass.className(file.root().beside("_Binder"));
    }
}
