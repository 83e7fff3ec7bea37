package io.graft.registry;

import com.typesafe.config.ConfigFactory;
import io.graft.ConfiguredSection;
import io.graft.ModelModifier;
import io.graft.ModelOpener;
import io.graft.checkpoint.write.NamedFormat;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.checkpoint.write.StateDictFormats;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.extension.LoadedExtensions;
import io.graft.extension.RefusedExtension;
import io.graft.migration.CheckpointMigration;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.problem.SourceRef;
import io.graft.registry.PlugDescriptor.OptionDescriptor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a class path and its extensions offer: modifiers, model targets, output formats, sections, migrations. Immutable; a kind is looked for when it is
 * first asked for. A broken jar keeps no other from being used; it becomes an error when a configuration asks for what it should
 * have offered.
 */
public final class PlugRegistry {
    private static final String RULES = "rules";
    private static final String LISTED = "; `graft modifiers list` shows them";

    private final ClassLoader loader;
    private final NotGenerated notGenerated;
    private final Map<PlugKind<?>, KindRegistry<?>> byKind = new HashMap<>();

    private PlugRegistry(ClassLoader loader) {
        this.loader = loader;
        this.notGenerated = new NotGenerated(loader);
    }

    /**
     * Looks for providers with {@link java.util.ServiceLoader}; loads no class that they stand for and no engine.
     *
     * @param loader a class loader; {@link LoadedExtensions} stand for the class path and each extension
     */
    public static PlugRegistry discover(ClassLoader loader) {
        return new PlugRegistry(loader);
    }

    /** The usable modifiers, sorted by id; without those that share an id. */
    public List<RegisteredPlug<ModelModifier>> modifiers() {
        return of(PlugKind.MODIFIER).unique();
    }

    /** The usable model targets, sorted by id; without those that share an id. */
    public List<RegisteredPlug<ModelOpener>> modelTargets() {
        return of(PlugKind.MODEL_TARGET).unique();
    }

    /** The usable output formats, sorted by id; without those that share an id. */
    public List<RegisteredPlug<StateDictFormat>> outputFormats() {
        return of(PlugKind.OUTPUT_FORMAT).unique();
    }

    /** The usable sections, sorted by id; without those that share an id. */
    public List<RegisteredPlug<ConfiguredSection>> sections() {
        return of(PlugKind.SECTION).unique();
    }

    /** The usable kinds of migrations, sorted by id; without those that share an id. */
    public List<RegisteredPlug<CheckpointMigration>> migrations() {
        return of(PlugKind.MIGRATION).unique();
    }

    /** The ids of sections that something claims, be it usable or not. */
    public List<String> sectionIds() {
        return of(PlugKind.SECTION).claimedIds().sorted().toList();
    }

    /** Every name of the options whose values are never shown. */
    public Set<String> secretKeys() {
        return kinds().flatMap(KindRegistry::options)
                .filter(OptionDescriptor::secret)
                .flatMap(option -> Stream.of(
                                List.of(option.key().substring(option.key().lastIndexOf('.') + 1)),
                                option.aliases(),
                                option.formerKeys())
                        .flatMap(List::stream))
                .collect(Collectors.toSet());
    }

    /** The modifiers whose id is another one's too, so that only their class names tell them apart. */
    public List<RegisteredPlug<ModelModifier>> sharingAnId() {
        return of(PlugKind.MODIFIER).sharingAnId();
    }

    /** What keeps things from being used, as warnings: a run is not concerned unless it needs one of them. */
    public List<Problem> problems() {
        return Stream.concat(refused().stream().map(PlugRegistry::warning), kinds().flatMap(KindRegistry::problems))
                .toList();
    }

    /** What keeps modifiers from being used, as warnings; the other kinds are not looked for, which takes its time. */
    public List<Problem> modifierProblems() {
        return Stream.concat(
                        refused().stream().map(PlugRegistry::warning),
                        of(PlugKind.MODIFIER).problems())
                .toList();
    }

    /**
     * Classes with {@code @Modifier} or its like for which the compiler ran no processor. Reads every class file of the class path
     * and the extensions, which takes its time.
     */
    public List<Problem> notGenerated() {
        return notGenerated.others().stream().map(BrokenProvider::warning).toList();
    }

    /** The modifier that has this id, alias or class name; empty if there is none, or more than one. */
    public Optional<RegisteredPlug<ModelModifier>> modifier(String name) {
        return of(PlugKind.MODIFIER).find(name);
    }

    /** Why the modifier of this id or class name cannot be used; empty if none is called so, or it can. */
    public Optional<Problem> unusableModifier(String name) {
        return of(PlugKind.MODIFIER).unusable(name, "", Optional.empty());
    }

    /**
     * Makes a modifier from an entry of the configuration's list.
     *
     * @param position of the entry in the list, from 0
     */
    public Bound<BoundModifier> bind(int position, ConfigCursor entry) {
        Bound<BoundPlug<ModelModifier>> made = named(
                of(PlugKind.MODIFIER),
                EntryName.read(PlugKind.MODIFIER, entry, "freezing", LISTED),
                ProblemCode.UNKNOWN_MODIFIER,
                entry);
        Bound<Boolean> optional = optional(entry);
        if (!(optional instanceof Bound.Ok<Boolean> isOptional)) {
            return new Bound.Failed<>(Stream.concat(made.problems().stream(), optional.problems().stream())
                    .toList());
        }
        return made.map(bound -> new BoundModifier(
                position,
                bound.id(),
                bound.origin(),
                bound.made(),
                bound.options(),
                modifier(bound.id()).map(found -> found.descriptor().options()).orElse(List.of()),
                isOptional.value(),
                bound.cursor()));
    }

    private static Bound<Boolean> optional(ConfigCursor entry) {
        ConfigCursor optional = entry.at(BoundModifier.OPTIONAL);
        return entry.isObject() && optional.isPresent() ? Decoders.bool().decode(optional) : new Bound.Ok<>(false);
    }

    /**
     * Makes what opens the model that the section {@code graft.model} names. Exactly one key of the section is the id of a model
     * target; the others are its options.
     */
    public Bound<BoundPlug<ModelOpener>> modelTarget(ConfigCursor section) {
        return new ModelTargets(of(PlugKind.MODEL_TARGET)).bind(section);
    }

    /**
     * Makes the output format that a value names: an id, or an object with it as {@code type} and options.
     *
     * @param value the value of {@code graft.output.format}, which is there
     */
    public Bound<BoundPlug<StateDictFormat>> outputFormat(ConfigCursor value) {
        boolean isObject = value.isObject();
        if (isObject && !value.at("type").isPresent()) {
            return new Bound.Failed<>(value.error(
                    ProblemCode.MISSING_KEY,
                    "the format has no `type`, which says which output format it is",
                    "add `type`, such as `type = " + StateDictFormats.USUAL + "`"));
        }
        return named(
                of(PlugKind.OUTPUT_FORMAT),
                isObject
                        ? EntryName.read(PlugKind.OUTPUT_FORMAT, value, StateDictFormats.USUAL, "")
                        : EntryName.of(PlugKind.OUTPUT_FORMAT, value, StateDictFormats.USUAL, ""),
                ProblemCode.UNKNOWN_OUTPUT_FORMAT,
                isObject ? value : value.inObject("type"));
    }

    /**
     * Makes a migration of a step of {@code graft.migrations}: rules where it names no other {@code type}.
     *
     * @param step an object
     */
    public Bound<BoundPlug<CheckpointMigration>> migration(ConfigCursor step) {
        ConfigCursor type = step.at("type");
        return named(
                of(PlugKind.MIGRATION),
                type.isPresent()
                        ? EntryName.of(PlugKind.MIGRATION, type, RULES, "")
                        : new Bound.Ok<>(new EntryName(RULES, step)),
                ProblemCode.UNKNOWN_MIGRATION,
                step);
    }

    /**
     * Makes a section of a configuration.
     *
     * @param id one of {@link #sectionIds}
     * @param value of {@code graft.<id>}, which is there
     */
    public Bound<BoundPlug<ConfiguredSection>> section(String id, ConfigCursor value) {
        return of(PlugKind.SECTION)
                .find(id)
                .map(plug -> of(PlugKind.SECTION).bind(plug, value, Set.of(), "the section `" + id + "`", value))
                .orElseGet(() -> new Bound.Failed<>(of(PlugKind.SECTION)
                        .unusable(id, value.path(), value.keySource())
                        .orElseThrow()));
    }

    /**
     * The output formats that can be had without an option, for users who name none. Those that share an id are among them, so that a
     * file's name which stands for two tells so.
     */
    public StateDictFormats stateDictFormats() {
        ConfigCursor nothing = ConfigCursor.of(ConfigFactory.empty());
        List<NamedFormat> formats = new ArrayList<>();
        Stream.concat(outputFormats().stream(), of(PlugKind.OUTPUT_FORMAT).sharingAnId().stream())
                .forEach(plug -> {
                    if (of(PlugKind.OUTPUT_FORMAT).bind(plug, nothing, Set.of(), plug.id(), nothing)
                            instanceof Bound.Ok<BoundPlug<StateDictFormat>> ok) {
                        formats.add(new NamedFormat(
                                plug.id(), plug.origin(), ok.value().made()));
                    }
                });
        return new StateDictFormats(formats);
    }

    private <T> Bound<BoundPlug<T>> named(
            KindRegistry<T> kind, Bound<EntryName> name, ProblemCode unknown, ConfigCursor object) {
        if (!(name instanceof Bound.Ok<EntryName> ok)) {
            return new Bound.Failed<>(name.problems());
        }
        EntryName found = ok.value();
        return kind.find(found.text())
                .map(plug -> kind.bind(
                        plug,
                        object,
                        plug.kind().namingKeys(),
                        plug.kind().word() + " `" + plug.id() + "`",
                        found.at()))
                .orElseGet(() -> new Bound.Failed<>(kind.unusable(
                                found.text(), found.at().path(), found.at().source())
                        .orElseGet(() ->
                                kind.unknown(unknown, found, refused().stream().map(RefusedExtension::message)))));
    }

    private Stream<KindRegistry<?>> kinds() {
        return Stream.of(
                of(PlugKind.MODIFIER),
                of(PlugKind.MODEL_TARGET),
                of(PlugKind.OUTPUT_FORMAT),
                of(PlugKind.SECTION),
                of(PlugKind.MIGRATION));
    }

    /** Those of a kind, which are looked for when they are first asked for. */
    @SuppressWarnings("unchecked") // a kind leads to its own
    private synchronized <T> KindRegistry<T> of(PlugKind<T> kind) {
        return (KindRegistry<T>) byKind.computeIfAbsent(kind, first -> new KindRegistry<>(kind, loader, notGenerated));
    }

    private List<RefusedExtension> refused() {
        return loader instanceof LoadedExtensions extensions ? extensions.refused() : List.of();
    }

    private static Problem warning(RefusedExtension refused) {
        return new Problem(
                ProblemCode.valueOf("EXTENSION_" + refused.kind().name()),
                Severity.WARNING,
                "",
                Optional.of(SourceRef.of(refused.path().toString())),
                refused.message(),
                List.of(),
                refused.help());
    }
}
