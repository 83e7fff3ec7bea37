package io.graft.apply;

import io.graft.ConfiguredSection;
import io.graft.ModelOpener;
import io.graft.apply.migration.MigrationsSection;
import io.graft.apply.output.OutputSection;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Binder;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Key;
import io.graft.config.reading.KeyBinding;
import io.graft.config.reading.ObjectBinding;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.problem.SourceRef;
import io.graft.problem.Suggestions;
import io.graft.registry.BoundModifier;
import io.graft.registry.BoundPlug;
import io.graft.registry.PlugRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Binds a whole configuration: the model, every modifier, the output, sections that jars bring. Modifiers stand in {@code graft.modifiers}, or
 * in {@code training.model-modifier.modifiers}, where the reference system has them; the rest of {@code training} is
 * others' business.
 */
final class GraftFileBinder implements Binder<GraftFile> {
    private static final String OWN = "graft.modifiers";
    private static final String ELSEWHERE = "training.model-modifier.modifiers";

    /** What is read of a configuration, and in it the sections that have a name of their own. */
    static final List<String> READ =
            List.of("graft", "graft.model", OWN, "graft.output", "graft.migrations", ELSEWHERE);

    private final EntryBinder modifiers;
    private final PlugRegistry registry;
    private final Demand demand;

    /**
     * @param modifiers makes the modifiers of the list's entries
     * @param registry has the model targets, output formats and sections
     */
    GraftFileBinder(EntryBinder modifiers, PlugRegistry registry, Demand demand) {
        this.modifiers = modifiers;
        this.registry = registry;
        this.demand = demand;
    }

    /** How many modifiers a configuration lists, in whichever place. */
    static int configured(ConfigCursor root) {
        return root.at(OWN).elements().size() + root.at(ELSEWHERE).elements().size();
    }

    @Override
    public Bound<GraftFile> bind(ConfigCursor root) {
        ConfigCursor own = root.at(OWN);
        ConfigCursor elsewhere = root.at(ELSEWHERE);
        if (elsewhere.isPresent() && own.isPresent()) {
            return withProblem(bindSections(root, Optional.empty()), inTwoPlaces(own, elsewhere));
        }
        return bindSections(root, Optional.of(elsewhere).filter(ConfigCursor::isPresent));
    }

    private Bound<GraftFile> bindSections(ConfigCursor root, Optional<ConfigCursor> elsewhere) {
        Bound<List<BoundModifier>> others =
                elsewhere.map(list -> entries(list, true)).orElse(new Bound.Ok<>(List.of()));
        return join(
                root.at("graft").isPresent() ? bindGraft(root.at("graft"), elsewhere) : withoutGraft(root, elsewhere),
                others);
    }

    private Bound<GraftFile> bindGraft(ConfigCursor section, Optional<ConfigCursor> elsewhere) {
        ObjectBinding graft = section.ownedBy("the section `graft`").object();
        Key<Optional<BoundPlug<ModelOpener>>> model =
                section(graft.key("model", Decoders.nested(registry::modelTarget)), demand.model());
        // migrations of checkpoints, or what a jar does with the model, are something to do as well
        boolean areAlone = !section.at("migrations.steps").isPresent()
                && registry.sectionIds().stream().noneMatch(id -> section.at(id).isPresent());
        Key<Optional<List<BoundModifier>>> modifiers =
                section(graft.key("modifiers", list -> entries(list, areAlone)), elsewhere.isEmpty() && areAlone);
        Key<Optional<OutputSection>> output = section(
                graft.key("output", Decoders.nested(cursor -> OutputSection.bind(cursor, demand.written(), registry))),
                demand.output());
        Key<Optional<MigrationsSection>> migrations = graft.key(
                        "migrations", Decoders.nested(cursor -> MigrationsSection.bind(cursor, registry)))
                .optional();
        List<Key<Optional<BoundPlug<ConfiguredSection>>>> sections = registry.sectionIds().stream()
                .map(id -> graft.key(id, Decoders.nested(cursor -> registry.section(id, cursor)))
                        .optional())
                .toList();
        return graft.finish(() -> new GraftFile(
                model.get(),
                modifiers.get().orElse(List.of()),
                output.get(),
                migrations.get(),
                sections.stream().flatMap(given -> given.get().stream()).toList()));
    }

    private Bound<GraftFile> withoutGraft(ConfigCursor root, Optional<ConfigCursor> elsewhere) {
        if (elsewhere.isPresent() && !demand.model()) {
            return new Bound.Ok<>(
                    new GraftFile(Optional.empty(), List.of(), Optional.empty(), Optional.empty(), List.of()));
        }
        return new Bound.Failed<>(new Problem(
                ProblemCode.MISSING_KEY,
                Severity.ERROR,
                "graft",
                root.source(),
                "the configuration has no section `graft`",
                List.of(),
                Suggestions.near("graft", root.keys()).stream()
                        .findFirst()
                        .map(key -> "rename `" + key + "` to `graft`")
                        .orElse("write graft { model { ... }, modifiers = [ ... ], output { ... } }")));
    }

    private static <T> Key<Optional<T>> section(KeyBinding<T> key, boolean required) {
        if (required) {
            Key<T> value = key.required();
            return () -> Optional.of(value.get());
        }
        return key.optional();
    }

    /**
     * @param areAlone whether nothing else could change a model
     */
    private Bound<List<BoundModifier>> entries(ConfigCursor list, boolean areAlone) {
        if (!list.isList()) {
            return new Bound.Failed<>(list.error(
                    ProblemCode.WRONG_TYPE,
                    "`modifiers` must be a list",
                    "write modifiers = [ { type = ... } ], one entry for each modifier, in the order of the run"));
        }
        List<BoundModifier> made = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        List<ConfigCursor> entries = list.elements();
        if (entries.isEmpty() && areAlone) {
            problems.add(list.warning(
                    ProblemCode.EMPTY, "no modifiers are listed, so nothing is changed", "list at least one modifier"));
        }
        for (int index = 0; index < entries.size(); index++) {
            Bound<BoundModifier> bound = modifiers.bind(index, entries.get(index));
            problems.addAll(bound.problems());
            if (bound instanceof Bound.Ok<BoundModifier> ok) {
                made.add(ok.value());
            }
        }
        if (made.size() < entries.size()) {
            return new Bound.Failed<>(problems);
        }
        List<Problem> misplaced = ModifierOrder.problems(made);
        problems.addAll(misplaced);
        return misplaced.isEmpty() ? new Bound.Ok<>(made, problems) : new Bound.Failed<>(problems);
    }

    private static Bound<GraftFile> join(Bound<GraftFile> file, Bound<List<BoundModifier>> others) {
        List<Problem> problems = new ArrayList<>(file.problems());
        problems.addAll(others.problems());
        if (file instanceof Bound.Ok<GraftFile> ok && others instanceof Bound.Ok<List<BoundModifier>> more) {
            List<BoundModifier> modifiers = new ArrayList<>(ok.value().modifiers());
            modifiers.addAll(more.value());
            return new Bound.Ok<>(ok.value().with(modifiers), problems);
        }
        return new Bound.Failed<>(problems);
    }

    private static Bound<GraftFile> withProblem(Bound<GraftFile> file, Problem problem) {
        List<Problem> problems = new ArrayList<>(file.problems());
        problems.add(problem);
        return new Bound.Failed<>(problems);
    }

    private static Problem inTwoPlaces(ConfigCursor own, ConfigCursor elsewhere) {
        return new Problem(
                ProblemCode.MODIFIERS_IN_TWO_PLACES,
                Severity.ERROR,
                elsewhere.path(),
                elsewhere.keySource(),
                "modifiers are listed in `" + own.path() + "` and in `" + elsewhere.path() + "`",
                List.of("`" + own.path() + "` is at "
                        + own.keySource().map(GraftFileBinder::place).orElse("an unknown place")),
                "list them in one of the two places");
    }

    private static String place(SourceRef at) {
        return at.line() == 0 ? at.file() : at.file() + ":" + at.line();
    }
}
