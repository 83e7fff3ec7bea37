package io.graft.registry;

import io.graft.ModelOpener;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.ObjectBinding;
import io.graft.config.reading.ValueDecoder;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.registry.PlugDescriptor.OptionDescriptor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which model target the section {@code graft.model} chooses, by the one key that is an id, and the opener that it gives. */
final class ModelTargets {
    private static final String OWNER = "the section `model`";
    private static final ValueDecoder<Boolean> ANYTHING = cursor -> new Bound.Ok<>(true);

    private final KindRegistry<ModelOpener> targets;

    ModelTargets(KindRegistry<ModelOpener> targets) {
        this.targets = targets;
    }

    Bound<BoundPlug<ModelOpener>> bind(ConfigCursor section) {
        List<String> given = targets.claimedIds()
                .distinct()
                .filter(id -> section.at(id).unwrapped() != null)
                .toList();
        if (given.size() == 1) {
            return chosen(given.get(0), section);
        }
        return given.isEmpty()
                ? notGenerated(section).orElseGet(() -> unclear(section, given))
                : unclear(section, given);
    }

    private Bound<BoundPlug<ModelOpener>> chosen(String id, ConfigCursor section) {
        Optional<RegisteredPlug<ModelOpener>> target = targets.find(id);
        if (target.isPresent()) {
            return bind(target.get(), section);
        }
        ConfigCursor key = section.at(id);
        return new Bound.Failed<>(
                targets.unusable(id, key.path(), key.keySource()).orElseThrow());
    }

    private Bound<BoundPlug<ModelOpener>> bind(RegisteredPlug<ModelOpener> target, ConfigCursor section) {
        Set<String> own = names(target).collect(Collectors.toSet());
        Set<String> others = new TreeSet<>();
        // What a provider that was written by hand reads without a word in its descriptor may be an option of its own.
        if (!own.isEmpty()) {
            targets.unique().stream().flatMap(ModelTargets::names).forEach(others::add);
            others.removeAll(own);
        }
        List<Problem> misplaced = others.stream()
                .filter(key -> section.at(key).isPresent())
                .map(key -> section.at(key)
                        .keyError(
                                ProblemCode.EXCLUSIVE,
                                "`" + key + "` has no effect without " + takers(key),
                                "remove it"))
                .toList();
        Set<String> reserved = others.stream()
                .flatMap(key -> Stream.of(key, key.replace('-', '_')))
                .collect(Collectors.toSet());
        Bound<BoundPlug<ModelOpener>> bound = targets.bind(target, section, reserved, OWNER, section.at(target.id()));
        if (misplaced.isEmpty()) {
            return bound;
        }
        List<Problem> problems = new ArrayList<>(bound.problems());
        problems.addAll(misplaced);
        return new Bound.Failed<>(problems);
    }

    /** The keys of the targets that take an option. */
    private String takers(String option) {
        return targets.unique().stream()
                .filter(target -> names(target).anyMatch(option::equals))
                .map(target -> "`" + target.id() + "`")
                .collect(Collectors.joining(" or "));
    }

    /** A target that the compiler left without a provider has no option that is known. */
    private Optional<Bound<BoundPlug<ModelOpener>>> notGenerated(ConfigCursor section) {
        Set<String> known =
                targets.unique().stream().flatMap(ModelTargets::names).collect(Collectors.toSet());
        return section.keys().stream()
                .map(key -> key.replace('_', '-'))
                .filter(key -> !known.contains(key))
                .flatMap(key -> targets
                        .unusable(key, section.at(key).path(), section.at(key).keySource())
                        .stream())
                .findFirst()
                .map(Bound.Failed::new);
    }

    /** No target is chosen, or several are: says so, and of each key that none of them has, what it may have been meant for. */
    private Bound<BoundPlug<ModelOpener>> unclear(ConfigCursor section, List<String> given) {
        Set<String> alternatives = new TreeSet<>(given);
        targets.unique().forEach(target -> alternatives.add(target.id()));
        ObjectBinding binding = section.ownedBy(OWNER).object().exactlyOneOf(alternatives.toArray(String[]::new));
        Set<String> keys = new HashSet<>(alternatives);
        targets.unique().stream().flatMap(ModelTargets::names).forEach(keys::add);
        keys.forEach(key -> binding.key(key, ANYTHING).optional());
        Bound<BoundPlug<ModelOpener>> unbound = binding.finish(() -> {
            throw new IllegalArgumentException("no model target is chosen");
        });
        return new Bound.Failed<>(
                unbound.problems().stream().map(ModelTargets::advised).toList());
    }

    /** A key that nothing at hand is near to may choose a target of a jar that is missing. */
    private static Problem advised(Problem problem) {
        return problem.code() == ProblemCode.UNKNOWN_KEY && problem.help().isEmpty()
                ? new Problem(
                        problem.code(),
                        problem.severity(),
                        problem.path(),
                        problem.at(),
                        problem.message(),
                        problem.notes(),
                        KindRegistry.ANOTHER_JAR)
                : problem;
    }

    /** Every name of every option of the section itself. */
    private static Stream<String> names(RegisteredPlug<ModelOpener> target) {
        return target.descriptor().options().stream()
                .filter(option -> option.key().indexOf('.') < 0)
                .flatMap(ModelTargets::names);
    }

    private static Stream<String> names(OptionDescriptor option) {
        return Stream.of(Stream.of(option.key()), option.aliases().stream(), option.formerKeys().stream())
                .flatMap(names -> names);
    }
}
