package io.graft.registry;

import io.graft.config.Bound;
import io.graft.config.ConfigCursor;
import io.graft.config.Problem;
import io.graft.config.ProblemCode;
import io.graft.config.Redaction;
import io.graft.config.Severity;
import io.graft.config.SourceRef;
import io.graft.config.Suggestions;
import io.graft.registry.ModifierDescriptor.OptionDescriptor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The modifiers that a class path offers. Immutable. A broken jar keeps no other from being used; it becomes an error
 * when a
 * configuration asks for what it should have offered.
 */
public final class ModifierRegistry {
    private final ModifierIndex index;
    private final List<BrokenProvider> broken;

    private ModifierRegistry(ModifierIndex index, List<BrokenProvider> broken) {
        this.index = index;
        this.broken = broken;
    }

    /** Looks for providers with {@link java.util.ServiceLoader}; loads no modifier class and no engine. */
    public static ModifierRegistry discover(ClassLoader loader) {
        ProviderScan.Result found = ProviderScan.run(loader);
        List<BrokenProvider> broken = found.broken().stream()
                .sorted(Comparator.comparing(BrokenProvider::origin).thenComparing(BrokenProvider::className))
                .toList();
        return new ModifierRegistry(new ModifierIndex(found.usable()), broken);
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

    /** What keeps modifiers from being used, as warnings: a run is not concerned unless it needs one of them. */
    public List<Problem> problems() {
        return Stream.concat(
                        broken.stream().map(BrokenProvider::warning),
                        index.duplicates().stream().map(ModifierRegistry::duplicateWarning))
                .toList();
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
                .map(modifier -> bind(position, entry, modifier))
                .orElseGet(() -> new Bound.Failed<>(unusable(ok.value())));
    }

    private static Bound<BoundModifier> bind(int position, ConfigCursor entry, RegisteredModifier modifier) {
        ConfigCursor owned = entry.ownedBy("modifier `" + modifier.id() + "`", key -> OptionNotes.of(modifier, key))
                .withReserved(EntryName.KEYS);
        try {
            return modifier.provider()
                    .bind(owned)
                    .map(made -> new BoundModifier(position, modifier.id(), modifier.origin(), made, owned));
        } catch (LinkageError | RuntimeException failure) {
            // The modifier's own class is first loaded here.
            ProviderFailure reason = ProviderFailure.of(failure);
            return new Bound.Failed<>(entry.error(
                    reason.code(),
                    "`%s` of %s %s"
                            .formatted(
                                    modifier.id(),
                                    modifier.origin(),
                                    Redaction.of(entry).text(reason.reason())),
                    reason.help()));
        }
    }

    private Problem unusable(EntryName name) {
        List<RegisteredModifier> candidates = index.find(name.text());
        Optional<SourceRef> source = name.at().source();
        if (candidates.size() > 1) {
            return duplicate(candidates, name.text(), Severity.ERROR, name.at().path(), source);
        }
        return broken.stream()
                .filter(provider -> provider.modifierName().equals(name.text()))
                .findFirst()
                .map(provider -> provider.error(name.at().path(), source))
                .orElseGet(() -> unknown(name, source));
    }

    private Problem unknown(EntryName name, Optional<SourceRef> source) {
        String advice = Suggestions.didYouMean(name.text(), index.names());
        List<String> notes = new ArrayList<>();
        notes.add("found: " + (modifiers().isEmpty() ? "none" : list(modifiers())));
        if (!broken.isEmpty()) {
            notes.add("not usable: " + broken.stream().map(BrokenProvider::note).collect(Collectors.joining(", ")));
        }
        return new Problem(
                ProblemCode.UNKNOWN_MODIFIER,
                Severity.ERROR,
                name.at().path(),
                source,
                "no modifier has id `" + name.text() + "`" + (advice.isEmpty() ? "" : "; " + advice),
                notes,
                "");
    }

    private static String list(List<RegisteredModifier> modifiers) {
        return modifiers.stream()
                .map(modifier -> modifier.id() + " (" + modifier.origin() + ")")
                .collect(Collectors.joining(", "));
    }

    private static Problem duplicateWarning(List<RegisteredModifier> sameId) {
        return duplicate(sameId, sameId.get(0).id(), Severity.WARNING, "", Optional.empty());
    }

    private static Problem duplicate(
            List<RegisteredModifier> candidates, String name, Severity severity, String path, Optional<SourceRef> at) {
        String classes = candidates.stream()
                .map(modifier -> modifier.descriptor().className() + " (" + modifier.origin() + ")")
                .collect(Collectors.joining(" and "));
        return new Problem(
                ProblemCode.DUPLICATE_ID,
                severity,
                path,
                at,
                "`%s` is the name of %s".formatted(name, classes),
                List.of(),
                "name one by its class: type = \"%s\""
                        .formatted(candidates.get(0).descriptor().className()));
    }
}
