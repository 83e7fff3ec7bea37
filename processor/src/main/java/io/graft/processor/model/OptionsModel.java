package io.graft.processor.model;

import java.util.List;

/**
 * An options record, or a record nested in one.
 *
 * @param documented the names that the record's Javadoc describes with {@code @param}, sorted
 */
public record OptionsModel(
        Declaration declaration,
        BinderOrigin binder,
        List<KeyModel> keys,
        List<String> documented,
        List<RemovedKeyModel> removedKeys,
        List<KeyRelation> relations,
        List<CheckMethod> checks) {
    public OptionsModel {
        keys = List.copyOf(keys);
        documented = List.copyOf(documented);
        removedKeys = List.copyOf(removedKeys);
        relations = List.copyOf(relations);
        checks = List.copyOf(checks);
    }

    public TypeRef type() {
        return declaration.type();
    }

    /** The name of its binder, generated or found. */
    public TypeRef binderType() {
        return type().beside("_Binder");
    }
}
