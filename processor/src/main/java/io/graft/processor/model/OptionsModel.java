package io.graft.processor.model;

import java.util.List;

/** An options record, or a record nested in one. */
public record OptionsModel(Declaration declaration, BinderOrigin binder, List<KeyModel> keys) {
    public OptionsModel {
        keys = List.copyOf(keys);
    }

    public TypeRef type() {
        return declaration.type();
    }

    /** The name of its binder, generated or found. */
    public TypeRef binderType() {
        return type().beside("_Binder");
    }
}
