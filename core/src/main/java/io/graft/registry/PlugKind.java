package io.graft.registry;

import io.graft.ConfigurationSection;
import io.graft.ConfiguredSection;
import io.graft.ModelModifier;
import io.graft.ModelOpener;
import io.graft.ModelTarget;
import io.graft.Modifier;
import io.graft.OutputFormat;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.migration.CheckpointMigration;
import io.graft.migration.Migration;
import java.lang.annotation.Annotation;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A kind of what a jar may bring under an id: what marks its classes, what they implement, which service finds them, and how a
 * configuration asks for one. The annotation processor and the registry serve every kind alike.
 *
 * @param <T> what a configuration gets of one
 */
public final class PlugKind<T> {
    /** What edits the draft of a model: an entry of the list of modifiers, with its id as {@code type}. */
    public static final PlugKind<ModelModifier> MODIFIER = new PlugKind<>(
            "modifier",
            "modifiers",
            new Marking<>(Modifier.class, Modifier::value),
            ModelModifier.class,
            ModifierProvider.class,
            Set.of("type", "_target_", BoundModifier.OPTIONAL));

    /** What is modified: the section {@code graft.model}, of which one key is the id. */
    public static final PlugKind<ModelOpener> MODEL_TARGET = new PlugKind<>(
            "model target",
            "targets",
            new Marking<>(ModelTarget.class, ModelTarget::value),
            ModelOpener.class,
            ModelTargetProvider.class,
            Set.of());

    /** What a model is written in: {@code graft.output.format}, the id itself or an object with it as {@code type}. */
    public static final PlugKind<StateDictFormat> OUTPUT_FORMAT = new PlugKind<>(
            "output format",
            "formats",
            new Marking<>(OutputFormat.class, OutputFormat::value),
            StateDictFormat.class,
            OutputFormatProvider.class,
            Set.of("type"));

    /** What a jar reads of a configuration, beside what Graft reads itself: a section of {@code graft}, with its id as the key. */
    public static final PlugKind<ConfiguredSection> SECTION = new PlugKind<>(
            "section",
            "sections",
            new Marking<>(ConfigurationSection.class, ConfigurationSection::value),
            ConfiguredSection.class,
            SectionProvider.class,
            Set.of());

    /** What brings checkpoints of an older form into a newer one: a step of {@code graft.migrations}, with its id as {@code type}. */
    public static final PlugKind<CheckpointMigration> MIGRATION = new PlugKind<>(
            "migration",
            "migrations",
            new Marking<>(Migration.class, Migration::value),
            CheckpointMigration.class,
            MigrationProvider.class,
            Set.of("type", "id", "since", "until"));

    /** Every kind that there is. */
    public static final List<PlugKind<?>> ALL = List.of(MODIFIER, MODEL_TARGET, OUTPUT_FORMAT, SECTION, MIGRATION);

    private final String word;
    private final String folder;
    private final Marking<?> marking;
    private final Class<T> type;
    private final Class<? extends PlugProvider<T>> service;
    private final Set<String> namingKeys;

    /** The annotation of a kind, and how it tells the id. */
    private record Marking<A extends Annotation>(Class<A> annotation, Function<A, String> id) {
        Optional<String> of(Class<?> type) {
            return Optional.ofNullable(type.getAnnotation(annotation)).map(id);
        }
    }

    private PlugKind(
            String word,
            String folder,
            Marking<?> marking,
            Class<T> type,
            Class<? extends PlugProvider<T>> service,
            Set<String> namingKeys) {
        this.word = word;
        this.folder = "META-INF/graft/" + folder + "/";
        this.marking = marking;
        this.type = type;
        this.service = service;
        this.namingKeys = namingKeys;
    }

    /** What people call one: {@code modifier}. */
    public String word() {
        return word;
    }

    /** Where a jar has what is generated for people and tools: {@code META-INF/graft/modifiers/}. */
    public String folder() {
        return folder;
    }

    /** What marks a class as one. */
    public Class<? extends Annotation> annotation() {
        return marking.annotation();
    }

    /** What such a class implements. */
    public Class<T> type() {
        return type;
    }

    /** The service by which one is found. */
    public Class<? extends PlugProvider<T>> service() {
        return service;
    }

    /**
     * The keys of an object that name one, or say how it is run, and are no options; none if the object is chosen by a key of its own
     * options.
     */
    public Set<String> namingKeys() {
        return namingKeys;
    }

    /** The id that stands on a class; empty if the class is none of this kind. */
    Optional<String> declaredId(Class<?> marked) {
        return marking.of(marked);
    }

    @Override
    public String toString() {
        return word;
    }
}
