package io.graft.processor.check;

import io.graft.processor.model.BinderOrigin;
import io.graft.processor.model.Declaration;
import io.graft.processor.model.KeyModel;
import io.graft.processor.model.KeyNames;
import io.graft.processor.model.Literal;
import io.graft.processor.model.OptionsModel;
import io.graft.processor.model.PlugModel;
import io.graft.processor.model.SourceRef;
import io.graft.processor.model.TypeRef;
import io.graft.processor.model.TypeShape;
import io.graft.registry.PlugKind;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What has to hold of the options that a plug takes: that they are a record, can be bound, and leave the plug's own keys alone. */
final class PlugOptionsRules {
    private PlugOptionsRules() {}

    static Report optionsNotRecord(PlugModel plug) {
        return options(plug)
                .filter(options -> options.declaration().kind() != Declaration.Kind.RECORD)
                .map(options -> Report.of(
                        MistakeCode.OPTIONS_NOT_RECORD,
                        options.at(),
                        ("options type `%s` must be a record; found %s. (Lombok @Value is not "
                                        + "supported; records need no processor.)")
                                .formatted(
                                        options.declaration().type().simpleName(),
                                        options.declaration().kind().word())))
                .orElse(Report.clean());
    }

    static Report genericOptions(PlugModel plug) {
        return options(plug)
                .filter(options -> options.declaration().kind() == Declaration.Kind.RECORD
                        && !options.declaration().typeParameters().isEmpty())
                .map(options -> Report.of(
                        MistakeCode.GENERIC_OPTIONS,
                        options.at(),
                        Messages.genericOptions(options.declaration().display())))
                .orElse(Report.clean());
    }

    static Report optionsWithoutBinder(PlugModel plug) {
        Report own = options(plug)
                .flatMap(options -> plug.options().map(model -> withoutBinder(model, options.at())))
                .orElse(Report.clean());
        return Report.all(List.of(own, nestedWithoutBinder(plug)).stream());
    }

    private static Report nestedWithoutBinder(PlugModel plug) {
        return Report.all(plug.records().stream()
                .filter(record -> record.binder() instanceof BinderOrigin.Generated)
                .flatMap(record -> record.components().stream())
                .flatMap(component ->
                        component.shape().flatten().map(shape -> withoutBinder(plug, shape, component.at()))));
    }

    private static Report withoutBinder(PlugModel plug, TypeShape shape, SourceRef at) {
        if (shape instanceof TypeShape.Nested nested) {
            return withoutBinder(plug.record(nested.type()), at);
        } else if (shape instanceof TypeShape.ChoiceOf choice) {
            return withoutBinder("interface", plug.choice(choice.type()).binder(), choice.type(), at);
        }
        return Report.clean();
    }

    private static Report withoutBinder(OptionsModel record, SourceRef at) {
        return withoutBinder("record", record.binder(), record.type(), at);
    }

    private static Report withoutBinder(String kind, BinderOrigin binder, TypeRef type, SourceRef at) {
        return binder instanceof BinderOrigin.Missing missing
                ? Report.of(
                        MistakeCode.OPTIONS_WITHOUT_BINDER,
                        at,
                        ("%s `%s` comes from %s, which holds no binder for it; compile that "
                                        + "jar with graft-processor or copy the %s.")
                                .formatted(kind, type.simpleName(), missing.library(), kind))
                : Report.clean();
    }

    static Report reservedKey(PlugModel plug) {
        return Report.all(plug.options().stream().flatMap(options -> reserved(plug.kind(), options)));
    }

    private static Stream<Report> reserved(PlugKind<?> kind, OptionsModel options) {
        return Stream.concat(
                options.ownKeys().flatMap(key -> reserved(kind, options, key)),
                options.flattened().flatMap(flat -> flat.record().stream()).flatMap(record -> reserved(kind, record)));
    }

    private static Stream<Report> reserved(PlugKind<?> kind, OptionsModel options, KeyModel key) {
        Set<String> reserved = kind.namingKeys().stream()
                .flatMap(name -> Stream.of(name, KeyNames.of(name)))
                .collect(Collectors.toUnmodifiableSet());
        Stream<Literal> given = Stream.concat(key.life().name().stream(), key.life().aliases().stream());
        Stream<Report> names = given.filter(name -> reserved.contains(name.text()))
                .map(name -> Report.of(
                        MistakeCode.RESERVED_KEY,
                        name.at(),
                        "key `%s` of component `%s` collides with a key that every %s has; give it another."
                                .formatted(name.text(), key.component(), kind.word())));
        boolean byComponent = key.life().name().isEmpty() && reserved.contains(key.key());
        Report component = Report.when(
                byComponent,
                MistakeCode.RESERVED_KEY,
                key.at(),
                ("component `%s` of `%s` collides with a key that every %s has; " + "rename it or give it a @KeyName.")
                        .formatted(key.component(), options.type().simpleName(), kind.word()));
        return Stream.concat(Stream.of(component), names);
    }

    private record Argument(Declaration declaration, SourceRef at) {}

    private static Optional<Argument> options(PlugModel plug) {
        return plug.usableConstructors().stream()
                .flatMap(constructor ->
                        constructor.options().stream().map(declaration -> new Argument(declaration, constructor.at())))
                .findFirst();
    }
}
