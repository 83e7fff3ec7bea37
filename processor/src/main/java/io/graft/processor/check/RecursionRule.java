package io.graft.processor.check;

import io.graft.processor.model.ChoiceModel;
import io.graft.processor.model.ComponentModel;
import io.graft.processor.model.OptionsModel;
import io.graft.processor.model.PlugModel;
import io.graft.processor.model.TypeRef;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Records that hold themselves directly, or through a choice that leads nowhere else, so that no file could end. */
final class RecursionRule implements Rule<PlugModel> {
    @Override
    public Report check(PlugModel plug) {
        Set<TypeRef> finite = finite(plug);
        Set<TypeRef> reported = new HashSet<>();
        return Report.all(plug.records().stream()
                .filter(record -> !finite.contains(record.type()))
                .map(record -> recursive(plug, record, finite, reported)));
    }

    /** The types of which a file can give a value that ends: found from the ones that hold no other, upwards. */
    private static Set<TypeRef> finite(PlugModel plug) {
        Set<TypeRef> finite = new HashSet<>();
        int known;
        do {
            known = finite.size();
            plug.records().stream()
                    .filter(record -> endless(record, finite).isEmpty())
                    .map(OptionsModel::type)
                    .forEach(finite::add);
            plug.choices().stream()
                    .filter(choice -> choice.records().isEmpty()
                            || choice.records().stream().anyMatch(kind -> finite.contains(kind.type())))
                    .map(ChoiceModel::type)
                    .forEach(finite::add);
        } while (finite.size() > known);
        return finite;
    }

    /** The first component whose value cannot end. */
    private static Optional<ComponentModel> endless(OptionsModel record, Set<TypeRef> finite) {
        return record.components().stream()
                .filter(component -> component
                        .shape()
                        .bound()
                        .filter(type -> !finite.contains(type))
                        .isPresent())
                .findFirst();
    }

    private static Report recursive(PlugModel plug, OptionsModel record, Set<TypeRef> finite, Set<TypeRef> reported) {
        List<TypeRef> path = new ArrayList<>();
        TypeRef next = record.type();
        while (!path.contains(next)) {
            path.add(next);
            next = next(plug, next, finite);
        }
        List<TypeRef> cycle = path.subList(path.indexOf(next), path.size());
        // A record that only leads to a cycle is as endless; the cycle is told once, where it starts.
        if (!cycle.contains(record.type()) || !reported.addAll(cycle)) {
            return Report.clean();
        }
        String steps = cycle.stream().map(TypeRef::simpleName).collect(Collectors.joining(" -> "));
        return Report.of(
                MistakeCode.RECURSIVE_OPTIONS,
                endless(record, finite).orElseThrow().at(),
                "%s -> %s is recursive without Optional or List; a file could never satisfy it."
                        .formatted(steps, next.simpleName()));
    }

    private static TypeRef next(PlugModel plug, TypeRef type, Set<TypeRef> finite) {
        return plug.records().stream()
                .filter(record -> record.type().equals(type))
                .findFirst()
                .map(record ->
                        endless(record, finite).orElseThrow().shape().bound().orElseThrow())
                .orElseGet(() -> plug.choice(type).records().get(0).type());
    }
}
