package io.graft.processor.check;

import io.graft.processor.model.FlattenedModel;
import io.graft.processor.model.FormerKeyModel;
import io.graft.processor.model.KeyModel;
import io.graft.processor.model.Literal;
import io.graft.processor.model.OptionsModel;
import io.graft.processor.model.RemovedKeyModel;
import io.graft.processor.model.TypeShape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a component whose keys lie in its record's own object must be like, and that its keys are nobody else's. */
final class FlattenRules {
    static final List<Rule<OptionsModel>> ALL = List.of(
            options -> Report.all(options.flattened().map(FlattenRules::type)),
            options -> Report.all(options.flattened().flatMap(FlattenRules::ofKeys)),
            FlattenRules::collisions);

    private FlattenRules() {}

    private static Report type(FlattenedModel flat) {
        TypeShape shape = flat.shape();
        // What no configuration has a form for is told as that, and what it is inside of as recursion.
        return Report.when(
                !(shape instanceof TypeShape.Nested) && shape.isSupported(),
                MistakeCode.BAD_FLATTEN,
                flat.at(),
                "@Flatten applies to records of options, which lend their keys; `%s` is %s, %s."
                        .formatted(flat.component(), shape.display(), instead(shape)));
    }

    private static String instead(TypeShape shape) {
        boolean holdsRecord = shape.flatten().anyMatch(TypeShape.Nested.class::isInstance);
        if (shape instanceof TypeShape.OptionalOf && holdsRecord) {
            return "which no key could tell the absence of; declare the record and make its components Optional";
        }
        return holdsRecord || shape instanceof TypeShape.ChoiceOf
                ? "which needs an object of its own; leave @Flatten out"
                : "which has a key of its own; leave @Flatten out";
    }

    private static Stream<Report> ofKeys(FlattenedModel flat) {
        return flat.ofKeys().stream()
                .map(annotation -> Report.of(
                        MistakeCode.BAD_FLATTEN,
                        annotation.at(),
                        "%s is about a key, and flattened `%s` has none; put it on a component of %s."
                                .formatted(
                                        annotation.text(),
                                        flat.component(),
                                        flat.shape().display())));
    }

    /** Those of components with keys of their own are told as duplicates and colliding aliases. */
    private static Report collisions(OptionsModel options) {
        Map<String, String> owners = new HashMap<>();
        options.ownKeys()
                .forEach(key ->
                        names(key).forEach(name -> owners.putIfAbsent(name, "component `" + key.component() + "`")));
        removed(options.ownRemovedKeys()).forEach(name -> owners.putIfAbsent(name, "a @RemovedKey"));
        return Report.all(options.flattened().flatMap(flat -> collisions(flat, owners)).toList().stream());
    }

    private static Stream<Report> collisions(FlattenedModel flat, Map<String, String> owners) {
        Stream<String> removed = flat.record().stream().flatMap(record -> removed(record.removedKeys()));
        List<String> names = Stream.concat(flat.keys().flatMap(FlattenRules::names), removed)
                .distinct()
                .toList();
        List<Report> reports = names.stream()
                .filter(owners::containsKey)
                .map(name -> Report.of(
                        MistakeCode.DUPLICATE_KEY,
                        flat.at(),
                        "key `%s` of flattened `%s` is one of %s, too."
                                .formatted(name, flat.component(), owners.get(name))))
                .toList();
        names.forEach(name -> owners.putIfAbsent(name, "flattened `" + flat.component() + "`"));
        return reports.stream();
    }

    private static Stream<String> names(KeyModel key) {
        return Stream.concat(
                key.names(),
                key.life().former().stream().map(FormerKeyModel::name).map(Literal::text));
    }

    private static Stream<String> removed(List<RemovedKeyModel> keys) {
        return keys.stream().map(RemovedKeyModel::key).map(Literal::text);
    }
}
