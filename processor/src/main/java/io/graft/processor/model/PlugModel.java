package io.graft.processor.model;

import io.graft.registry.PlugKind;
import java.util.List;
import java.util.Optional;

/**
 * A class that is marked as a plug: with {@code @Modifier}, for one.
 *
 * @param others kinds that it is marked as beside its own
 * @param implementsInterface whether it implements what its kind has to
 * @param documentation plain text of the class's Javadoc
 * @param records the options record first, then every record nested in it, each once; empty without options
 * @param choices the sealed interfaces whose records are among these
 * @param engineUses the classes among these whose static initializers call DJL's engine, with the places where they do
 * @param unresolved the types in the class's own declaration that the compiler cannot find
 */
public record PlugModel(
        PlugKind<?> kind,
        List<PlugKind<?>> others,
        Declaration declaration,
        boolean implementsInterface,
        Literal id,
        List<Literal> aliases,
        String documentation,
        List<ConstructorModel> constructors,
        List<OptionsModel> records,
        List<ChoiceModel> choices,
        List<Literal> engineUses,
        List<Literal> unresolved) {
    public PlugModel {
        others = List.copyOf(others);
        aliases = List.copyOf(aliases);
        constructors = List.copyOf(constructors);
        records = List.copyOf(records);
        choices = List.copyOf(choices);
        engineUses = List.copyOf(engineUses);
        unresolved = List.copyOf(unresolved);
    }

    /** Whether every type that it names is known; if not, another processor may still generate one. */
    public boolean isResolved() {
        return unresolved.isEmpty()
                && records.stream()
                        .flatMap(options -> options.components().stream())
                        .flatMap(component -> component.shape().flatten())
                        .noneMatch(TypeShape.Unresolved.class::isInstance);
    }

    /** The constructors that a provider could call; the marked ones alone, if any is. */
    public List<ConstructorModel> usableConstructors() {
        List<ConstructorModel> usable =
                constructors.stream().filter(ConstructorModel::isUsable).toList();
        List<ConstructorModel> marked =
                usable.stream().filter(ConstructorModel::isMarked).toList();
        return marked.isEmpty() ? usable : marked;
    }

    /** The options record; empty if the constructor takes no argument. */
    public Optional<OptionsModel> options() {
        return records.stream().findFirst();
    }

    /** The model of a nested record. */
    public OptionsModel record(TypeRef type) {
        return records.stream()
                .filter(candidate -> candidate.type().equals(type))
                .findFirst()
                .orElseThrow();
    }

    /** The model of a sealed interface. */
    public ChoiceModel choice(TypeRef type) {
        return choices.stream()
                .filter(candidate -> candidate.type().equals(type))
                .findFirst()
                .orElseThrow();
    }

    public TypeRef type() {
        return declaration.type();
    }
}
