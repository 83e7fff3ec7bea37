package io.graft.processor.model;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * An options record, or a record nested in one.
 *
 * @param documented the names that the record's Javadoc describes with {@code @param}, sorted
 * @param ownRemovedKeys what the record itself says, not a flattened one
 * @param ownRelations what the record itself says, not a flattened one
 * @param includes the file of another program that may be included
 */
public record OptionsModel(
        Declaration declaration,
        BinderOrigin binder,
        List<ComponentModel> components,
        List<String> documented,
        List<RemovedKeyModel> ownRemovedKeys,
        List<KeyRelation> ownRelations,
        Optional<String> includes,
        List<CheckMethod> checks) {
    public OptionsModel {
        components = List.copyOf(components);
        documented = List.copyOf(documented);
        ownRemovedKeys = List.copyOf(ownRemovedKeys);
        ownRelations = List.copyOf(ownRelations);
        checks = List.copyOf(checks);
    }

    /** The keys of its object: those of its components, and of the components of flattened ones in their place. */
    public List<KeyModel> keys() {
        return components.stream().flatMap(ComponentModel::keys).toList();
    }

    /** The components that have a key. */
    public Stream<KeyModel> ownKeys() {
        return components.stream().filter(KeyModel.class::isInstance).map(KeyModel.class::cast);
    }

    /** The components whose records have keys of this one's object. */
    public Stream<FlattenedModel> flattened() {
        return components.stream().filter(FlattenedModel.class::isInstance).map(FlattenedModel.class::cast);
    }

    /** Keys that its object no longer has. */
    public List<RemovedKeyModel> removedKeys() {
        return withFlattened(OptionsModel::ownRemovedKeys, OptionsModel::removedKeys);
    }

    /** What its object demands of several keys. */
    public List<KeyRelation> relations() {
        return withFlattened(OptionsModel::ownRelations, OptionsModel::relations);
    }

    private <T> List<T> withFlattened(Function<OptionsModel, List<T>> own, Function<OptionsModel, List<T>> all) {
        return Stream.concat(
                        own.apply(this).stream(),
                        flattened()
                                .flatMap(flat -> flat.record().stream())
                                .flatMap(record -> all.apply(record).stream()))
                .toList();
    }

    public TypeRef type() {
        return declaration.type();
    }

    /** The name of its binder, generated or found. */
    public TypeRef binderType() {
        return type().beside("_Binder");
    }
}
