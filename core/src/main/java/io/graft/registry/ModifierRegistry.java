package io.graft.registry;

import io.graft.ModelModifier;
import io.graft.config.Bound;
import io.graft.config.ConfigCursor;
import io.graft.config.Redaction;
import io.graft.extension.RefusedExtension;
import io.graft.extension.ServiceFailure;
import io.graft.extension.SlowCode;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Quoting;
import io.graft.problem.Severity;
import io.graft.problem.SourceRef;
import io.graft.problem.Suggestions;
import io.graft.registry.PlugDescriptor.OptionDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The modifiers that a class path and its extensions offer. Immutable. A broken jar keeps no other from being used; it becomes an
 * error when a configuration asks for what it should have offered.
 */
public final class ModifierRegistry {
    private final ModifierIndex index;
    private final Discovery found;
    private List<BrokenProvider> notGenerated;

    private ModifierRegistry(Discovery found) {
        this.index = new ModifierIndex(found.usable());
        this.found = found;
    }

    /**
     * Looks for providers with {@link java.util.ServiceLoader}; loads no modifier class and no engine.
     *
     * @param loader a class loader; {@link io.graft.extension.LoadedExtensions} stand for the class path and each extension
     */
    public static ModifierRegistry discover(ClassLoader loader) {
        return new ModifierRegistry(Discovery.with(loader));
    }

    /** The usable modifiers, sorted by id; without those that share an id. */
    public List<RegisteredModifier> modifiers() {
        return index.unique();
    }

    /** Every name of the options whose values are never shown. */
    public Set<String> secretKeys() {
        return Stream.concat(
                        index.unique().stream(), index.duplicates().stream().flatMap(List::stream))
                .flatMap(modifier -> modifier.descriptor().options().stream())
                .filter(OptionDescriptor::secret)
                .flatMap(option -> Stream.of(
                                List.of(option.key().substring(option.key().lastIndexOf('.') + 1)),
                                option.aliases(),
                                option.formerKeys())
                        .flatMap(List::stream))
                .collect(Collectors.toSet());
    }

    /** The modifiers whose id is another one's too, so that only their class names tell them apart. */
    public List<RegisteredModifier> sharingAnId() {
        return index.duplicates().stream().flatMap(List::stream).toList();
    }

    /** What keeps modifiers from being used, as warnings: a run is not concerned unless it needs one of them. */
    public List<Problem> problems() {
        return Stream.of(
                        found.refused().stream().map(ModifierRegistry::warning),
                        found.broken().stream().map(BrokenProvider::warning),
                        index.duplicates().stream()
                                .map(sameId -> new DuplicateName(sameId.get(0).id(), sameId).warning()),
                        twice().map(twice -> twice.warning("", Optional.empty())))
                .flatMap(problems -> problems)
                .toList();
    }

    /**
     * Classes with {@code @Modifier} for which the compiler ran no processor. Reads every class file of the class path and the
     * extensions, which takes its time.
     */
    public List<Problem> notGenerated() {
        return searched().stream().map(BrokenProvider::warning).toList();
    }

    /** Searched for once, however many entries of a configuration name what is not known. */
    private synchronized List<BrokenProvider> searched() {
        if (notGenerated == null) {
            notGenerated = found.notGenerated().toList();
        }
        return notGenerated;
    }

    /** The modifier that has this id, alias or class name; empty if there is none, or more than one. */
    public Optional<RegisteredModifier> find(String name) {
        List<RegisteredModifier> candidates = index.find(name);
        return candidates.size() == 1 ? Optional.of(candidates.get(0)) : Optional.empty();
    }

    /**
     * Makes a modifier from an entry of the configuration's list.
     *
     * @param position of the entry in the list, from 0
     */
    public Bound<BoundModifier> bind(int position, ConfigCursor entry) {
        Bound<EntryName> name = EntryName.read(entry);
        if (!(name instanceof Bound.Ok<EntryName> ok)) {
            return new Bound.Failed<>(name.problems());
        }
        return find(ok.value().text())
                .map(modifier -> withWarnings(bind(position, entry, modifier), modifier, ok.value()))
                .orElseGet(() -> new Bound.Failed<>(unusable(ok.value())));
    }

    private static Bound<BoundModifier> bind(int position, ConfigCursor entry, RegisteredModifier modifier) {
        ConfigCursor owned = entry.ownedBy("modifier `" + modifier.id() + "`", key -> OptionNotes.of(modifier, key))
                .withReserved(EntryName.KEYS);
        ModifierProvider provider = modifier.provider();
        try {
            Bound<ModelModifier> bound = SlowCode.watch(provider.getClass(), () -> provider.bind(owned));
            return bound.map(made -> new BoundModifier(
                    position,
                    modifier.id(),
                    modifier.origin(),
                    made,
                    EffectiveOptions.of(owned, modifier.descriptor().options()),
                    owned));
        } catch (Throwable failure) {
            // The modifier's own class is first loaded here.
            ServiceFailure reason = ServiceFailure.of(
                    failure, ModifierProvider.class, provider.getClass().getClassLoader());
            BrokenProvider broken = BrokenProvider.of(reason, modifier.id(), modifier.id(), modifier.origin());
            return new Bound.Failed<>(Redaction.of(entry).problem(broken.error(entry.path(), entry.source())));
        }
    }

    private Bound<BoundModifier> withWarnings(Bound<BoundModifier> bound, RegisteredModifier modifier, EntryName name) {
        if (!(bound instanceof Bound.Ok<BoundModifier> ok)) {
            return bound;
        }
        List<Problem> problems = new ArrayList<>(ok.problems());
        twice().filter(twice -> twice.modifier().equals(modifier.descriptor().className()))
                .map(twice -> twice.warning(name.at().path(), name.at().source()))
                .forEach(problems::add);
        return new Bound.Ok<>(ok.value(), problems);
    }

    private Problem unusable(EntryName name) {
        List<RegisteredModifier> candidates = index.find(name.text());
        String path = name.at().path();
        Optional<SourceRef> source = name.at().source();
        if (candidates.size() > 1) {
            return new DuplicateName(name.text(), candidates).error(path, source);
        }
        return Stream.of(found.broken(), searched())
                .flatMap(List::stream)
                .filter(provider -> provider.isCalled(name.text()))
                .findFirst()
                .map(provider -> provider.error(path, source))
                .orElseGet(() -> unknown(name, source));
    }

    private Problem unknown(EntryName name, Optional<SourceRef> source) {
        String advice = Suggestions.didYouMean(name.text(), index.names());
        List<String> unusable = Stream.concat(
                        found.broken().stream().map(BrokenProvider::note),
                        found.refused().stream().map(RefusedExtension::message))
                .toList();
        List<String> notes = new ArrayList<>();
        notes.add("found: " + (modifiers().isEmpty() ? "none" : list(modifiers())));
        if (!unusable.isEmpty()) {
            notes.add("not usable: " + String.join(", ", unusable));
        }
        return new Problem(
                ProblemCode.UNKNOWN_MODIFIER,
                Severity.ERROR,
                name.at().path(),
                source,
                "no modifier has id " + Quoting.quote(name.text()) + (advice.isEmpty() ? "" : "; " + advice),
                notes,
                "");
    }

    private Stream<ClassTwice> twice() {
        return Stream.concat(found.twice().stream(), index.twice().stream());
    }

    private static String list(List<RegisteredModifier> modifiers) {
        return modifiers.stream()
                .map(modifier -> modifier.id() + " (" + modifier.origin() + ")")
                .collect(Collectors.joining(", "));
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
