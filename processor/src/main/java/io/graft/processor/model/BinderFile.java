package io.graft.processor.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A source of binders: that of one record or sealed interface and, nested in it, those of what the same source file declares
 * and it is made of. One file for all of them, since a compiler pays for each.
 *
 * @param root what the file is named after
 * @param records the records, in the order in which they are met
 * @param choices the sealed interfaces, in the order in which they are met
 */
public record BinderFile(TypeRef root, List<OptionsModel> records, List<ChoiceModel> choices) {
    public BinderFile {
        records = List.copyOf(records);
        choices = List.copyOf(choices);
    }

    /** The files that have to be generated for a plug. */
    public static List<BinderFile> of(PlugModel plug) {
        List<BinderFile> files = new ArrayList<>();
        Set<TypeRef> seen = new LinkedHashSet<>();
        Deque<TypeRef> roots = new ArrayDeque<>();
        plug.options().map(OptionsModel::type).ifPresent(roots::add);
        while (!roots.isEmpty()) {
            TypeRef root = roots.remove();
            if (seen.add(root) && isGenerated(plug, root)) {
                files.add(of(plug, root, roots));
            }
        }
        return files;
    }

    private static BinderFile of(PlugModel plug, TypeRef root, Deque<TypeRef> others) {
        Set<TypeRef> inside = new LinkedHashSet<>(List.of(root));
        Deque<TypeRef> waiting = new ArrayDeque<>(inside);
        while (!waiting.isEmpty()) {
            for (TypeRef part : parts(plug, waiting.remove()).toList()) {
                if (!part.outermost().equals(root.outermost())) {
                    others.add(part);
                } else if (inside.add(part)) {
                    waiting.add(part);
                }
            }
        }
        return new BinderFile(
                root,
                plug.records().stream()
                        .filter(record -> inside.contains(record.type()))
                        .toList(),
                plug.choices().stream()
                        .filter(choice -> inside.contains(choice.type()))
                        .toList());
    }

    private static boolean isGenerated(PlugModel plug, TypeRef type) {
        return Stream.concat(
                        plug.records().stream()
                                .filter(record -> record.type().equals(type))
                                .map(OptionsModel::binder),
                        plug.choices().stream()
                                .filter(choice -> choice.type().equals(type))
                                .map(ChoiceModel::binder))
                .anyMatch(BinderOrigin.Generated.class::isInstance);
    }

    /** The records and sealed interfaces that one of them names. */
    private static Stream<TypeRef> parts(PlugModel plug, TypeRef type) {
        return Stream.concat(
                plug.records().stream()
                        .filter(record -> record.type().equals(type))
                        .flatMap(record -> record.components().stream())
                        .flatMap(component -> component.shape().flatten())
                        .flatMap(shape -> shape.bound().stream()),
                plug.choices().stream()
                        .filter(choice -> choice.type().equals(type))
                        .flatMap(choice -> choice.records().stream())
                        .map(ChoiceModel.Alternative::type));
    }

    /** Whether the binder of a type is in the file. */
    public boolean holds(TypeRef type) {
        return Stream.concat(
                        records.stream().map(OptionsModel::type),
                        choices.stream().map(ChoiceModel::type))
                .anyMatch(type::equals);
    }
}
