package io.graft.registry;

import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Redaction;
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

/** The plugs of one kind: which there are, why others cannot be used, and how an object of a configuration becomes one. */
final class KindRegistry<T> {
    /** What to do about something that nothing at hand brings. */
    static final String ANOTHER_JAR = "if a jar brings it, add that jar to the class path or to the extensions";

    private final PlugKind<T> kind;
    private final PlugIndex<T> index;
    private final Discovery<T> found;
    private final NotGenerated notGenerated;

    KindRegistry(PlugKind<T> kind, ClassLoader loader, NotGenerated notGenerated) {
        this.kind = kind;
        this.notGenerated = notGenerated;
        this.found = Discovery.with(kind, loader, notGenerated.silent());
        this.index = new PlugIndex<>(found.usable());
    }

    /** Those whose id is their own, sorted by it. */
    List<RegisteredPlug<T>> unique() {
        return index.unique();
    }

    /** Those whose id is another one's too. */
    List<RegisteredPlug<T>> sharingAnId() {
        return index.duplicates().stream().flatMap(List::stream).toList();
    }

    /** Every id that something claims, be it usable or not. */
    Stream<String> claimedIds() {
        return Stream.of(
                        unique().stream().map(RegisteredPlug::id),
                        sharingAnId().stream().map(RegisteredPlug::id),
                        found.broken().stream().map(BrokenProvider::id).filter(id -> !id.isEmpty()))
                .flatMap(ids -> ids)
                .distinct();
    }

    Optional<RegisteredPlug<T>> find(String name) {
        List<RegisteredPlug<T>> candidates = index.find(name);
        return candidates.size() == 1 ? Optional.of(candidates.get(0)) : Optional.empty();
    }

    Stream<OptionDescriptor> options() {
        return Stream.concat(unique().stream(), sharingAnId().stream())
                .flatMap(plug -> plug.descriptor().options().stream());
    }

    Stream<Problem> problems() {
        return Stream.of(
                        found.broken().stream().map(BrokenProvider::warning),
                        index.duplicates().stream()
                                .map(sameId -> new DuplicateName<>(sameId.get(0).id(), sameId).warning()),
                        twice().map(twice -> twice.warning("", Optional.empty())))
                .flatMap(problems -> problems);
    }

    /**
     * Binds an object to a plug, and makes it.
     *
     * @param reserved keys that are no options of it
     * @param owner of whom messages speak
     * @param named where the configuration names it
     */
    Bound<BoundPlug<T>> bind(
            RegisteredPlug<T> plug, ConfigCursor object, Set<String> reserved, String owner, ConfigCursor named) {
        ConfigCursor owned =
                object.ownedBy(owner, key -> OptionNotes.of(plug, key)).withReserved(reserved);
        PlugProvider<T> provider = plug.provider();
        try {
            Bound<T> bound = SlowCode.watch(provider.getClass(), () -> provider.bind(owned));
            return withWarnings(
                    bound.map(made -> new BoundPlug<>(
                            plug.id(),
                            plug.origin(),
                            made,
                            EffectiveOptions.of(owned, plug.descriptor().options(), reserved),
                            owned)),
                    plug,
                    named);
        } catch (Throwable failure) {
            // The class that the plug stands for is first loaded here.
            ServiceFailure reason = ServiceFailure.of(
                    failure, kind.service(), provider.getClass().getClassLoader());
            BrokenProvider broken = BrokenProvider.of(kind, reason, plug.id(), plug.id(), plug.origin());
            return new Bound.Failed<>(Redaction.of(object).problem(broken.error(object.path(), object.source())));
        }
    }

    private Bound<BoundPlug<T>> withWarnings(Bound<BoundPlug<T>> bound, RegisteredPlug<T> plug, ConfigCursor named) {
        if (!(bound instanceof Bound.Ok<BoundPlug<T>> ok)) {
            return bound;
        }
        List<Problem> problems = new ArrayList<>(ok.problems());
        twice().filter(twice -> twice.plug().equals(plug.descriptor().className()))
                .map(twice -> twice.warning(named.path(), named.source()))
                .forEach(problems::add);
        return new Bound.Ok<>(ok.value(), problems);
    }

    /** Why a name that means no single usable plug cannot be used; empty if nothing has that name. */
    Optional<Problem> unusable(String name, String path, Optional<SourceRef> source) {
        List<RegisteredPlug<T>> candidates = index.find(name);
        if (candidates.size() > 1) {
            return Optional.of(new DuplicateName<>(name, candidates).error(path, source));
        }
        return Stream.of(found.broken(), notGenerated.others())
                .flatMap(List::stream)
                .filter(plug -> plug.kind() == kind && plug.isCalled(name))
                .findFirst()
                .map(plug -> plug.error(path, source));
    }

    /**
     * A name that nothing has.
     *
     * @param more that was found and cannot be used
     */
    Problem unknown(ProblemCode code, EntryName name, Stream<String> more) {
        String advice = MissingJar.of(kind, name.text())
                .map(MissingJar::sentence)
                .orElseGet(() -> Suggestions.didYouMean(Suggestions.nearIds(name.text(), index.names())));
        List<String> notes = new ArrayList<>();
        notes.add("found: " + (unique().isEmpty() ? "none" : list()));
        List<String> unusable = Stream.concat(found.broken().stream().map(BrokenProvider::note), more)
                .toList();
        if (!unusable.isEmpty()) {
            notes.add("not usable: " + String.join(", ", unusable));
        }
        return new Problem(
                code,
                Severity.ERROR,
                name.at().path(),
                name.at().source(),
                "no " + kind.word() + " has id " + Quoting.quote(name.text()) + (advice.isEmpty() ? "" : "; " + advice),
                notes,
                advice.isEmpty() ? ANOTHER_JAR : "");
    }

    /** The usable ones, for messages. */
    String list() {
        return unique().stream()
                .map(plug -> plug.id() + " (" + plug.origin() + ")")
                .collect(Collectors.joining(", "));
    }

    private Stream<ClassTwice> twice() {
        return Stream.concat(found.twice().stream(), index.twice().stream());
    }
}
