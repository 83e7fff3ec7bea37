package io.graft.processor.check;

import io.graft.processor.model.BinderOrigin;
import io.graft.processor.model.ConstructorModel;
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
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a class that is marked as a plug must be like. */
public final class PlugRules {
    /** In the order in which their findings are printed. */
    public static final List<Rule<PlugModel>> ALL = List.of(
            PlugRules::unresolvedTypes,
            PlugRules::severalKinds,
            PlugRules::notAClass,
            PlugRules::abstractClass,
            PlugRules::notPublic,
            PlugRules::innerClass,
            PlugRules::missingInterface,
            PlugRules::typeParameters,
            PlugRules::noConstructor,
            PlugRules::ambiguousConstructor,
            PlugRules::optionsNotRecord,
            PlugRules::genericOptions,
            PlugRules::badId,
            PlugRules::reservedId,
            PlugRules::optionsWithoutBinder,
            PlugRules::reservedKey,
            new OwnKeyRule(),
            PlugRules::heavyProvider,
            choices(),
            new RecursionRule(),
            new DefaultRule());

    private static final Pattern ID = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
    private static final int LONGEST_ID = 64;

    private PlugRules() {}

    private static Rule<PlugModel> choices() {
        return plug -> Report.of(ChoiceRules.ALL, plug);
    }

    private static Report unresolvedTypes(PlugModel plug) {
        return Report.all(plug.unresolved().stream().map(type -> missingType(type)));
    }

    private static Report missingType(Literal type) {
        return Report.of(MistakeCode.MISSING_TYPE, type.at(), Messages.missingType(type.text()));
    }

    private static Report severalKinds(PlugModel plug) {
        return Report.all(plug.others().stream()
                .map(other -> Report.of(
                        MistakeCode.SEVERAL_KINDS,
                        plug.declaration().at(),
                        "`%s` has @%s and @%s; give each a class of its own."
                                .formatted(
                                        plug.type().simpleName(),
                                        mark(plug),
                                        other.annotation().getSimpleName()))));
    }

    private static Report notAClass(PlugModel plug) {
        Declaration declaration = plug.declaration();
        return Report.when(
                !isClass(plug),
                MistakeCode.NOT_A_CLASS,
                declaration.at(),
                "@%s applies to classes; `%s` is an %s."
                        .formatted(
                                mark(plug),
                                plug.type().simpleName(),
                                declaration.kind().word()));
    }

    private static Report abstractClass(PlugModel plug) {
        return Report.when(
                isClass(plug) && plug.declaration().isAbstract(),
                MistakeCode.ABSTRACT_CLASS,
                plug.declaration().at(),
                ("`%s` is abstract and cannot be instantiated; remove `abstract` or move "
                                + "@%s to the concrete subclass.")
                        .formatted(plug.type().simpleName(), mark(plug)));
    }

    private static Report notPublic(PlugModel plug) {
        return Report.when(
                isClass(plug) && !plug.declaration().isPublic(),
                MistakeCode.NOT_ACCESSIBLE,
                plug.declaration().at(),
                "`%s` must be public (ServiceLoader instantiates it from another package)."
                        .formatted(plug.type().simpleName()));
    }

    private static Report innerClass(PlugModel plug) {
        return Report.when(
                plug.declaration().isInner(),
                MistakeCode.INNER_CLASS,
                plug.declaration().at(),
                "`%s` is an inner class; make it static or top level."
                        .formatted(plug.type().simpleName()));
    }

    private static Report missingInterface(PlugModel plug) {
        return Report.when(
                isClass(plug) && plug.unresolved().isEmpty() && !plug.implementsInterface(),
                MistakeCode.MISSING_INTERFACE,
                plug.declaration().at(),
                "`%s` is annotated @%s but does not implement %s."
                        .formatted(
                                plug.type().simpleName(),
                                mark(plug),
                                plug.kind().type().getSimpleName()));
    }

    private static Report typeParameters(PlugModel plug) {
        return Report.when(
                !plug.declaration().typeParameters().isEmpty(),
                MistakeCode.GENERIC_CLASS,
                plug.declaration().at(),
                "@%s class `%s` must not declare type parameters."
                        .formatted(mark(plug), plug.declaration().display()));
    }

    private static Report noConstructor(PlugModel plug) {
        return Report.when(
                isClass(plug)
                        && plug.unresolved().isEmpty()
                        && plug.usableConstructors().isEmpty(),
                MistakeCode.NO_CONSTRUCTOR,
                plug.declaration().at(),
                "`%s` needs a public constructor taking its options record or no arguments; found: %s."
                        .formatted(
                                plug.type().simpleName(),
                                plug.constructors().stream()
                                        .map(constructor -> signature(plug, constructor))
                                        .collect(Collectors.joining(", "))));
    }

    private static String signature(PlugModel plug, ConstructorModel constructor) {
        return (constructor.isPublic() ? "" : "non-public ")
                + plug.type().simpleName()
                + "("
                + String.join(", ", constructor.parameterTypes())
                + ")";
    }

    private static Report ambiguousConstructor(PlugModel plug) {
        int usable = plug.usableConstructors().size();
        return Report.when(
                usable > 1,
                MistakeCode.AMBIGUOUS_CONSTRUCTOR,
                plug.declaration().at(),
                "`%s` has %d usable constructors; mark one with @OptionsConstructor."
                        .formatted(plug.type().simpleName(), usable));
    }

    private static Report optionsNotRecord(PlugModel plug) {
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

    private static Report genericOptions(PlugModel plug) {
        return options(plug)
                .filter(options -> options.declaration().kind() == Declaration.Kind.RECORD
                        && !options.declaration().typeParameters().isEmpty())
                .map(options -> Report.of(
                        MistakeCode.GENERIC_OPTIONS,
                        options.at(),
                        Messages.genericOptions(options.declaration().display())))
                .orElse(Report.clean());
    }

    private static Report badId(PlugModel plug) {
        String id = plug.id().text();
        String nearest = KeyNames.nearestId(id);
        String advice = nearest.isEmpty() || nearest.equals(id) ? "" : "; try `" + nearest + "`";
        return Report.when(
                !ID.matcher(id).matches() || id.length() > LONGEST_ID,
                MistakeCode.BAD_ID,
                plug.id().at(),
                "id `%s` must match `%s` and be at most %s characters%s.".formatted(id, ID, LONGEST_ID, advice));
    }

    private static Report reservedId(PlugModel plug) {
        return Report.when(
                plug.id().text().startsWith("core-"),
                MistakeCode.RESERVED_ID,
                plug.id().at(),
                "ids starting with `core-` are reserved for the framework.");
    }

    private static Report optionsWithoutBinder(PlugModel plug) {
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

    private static Report reservedKey(PlugModel plug) {
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

    private static Report heavyProvider(PlugModel plug) {
        return Report.all(plug.engineUses().stream()
                .map(use -> Report.of(
                        MistakeCode.HEAVY_PROVIDER,
                        use.at(),
                        ("`%s` has a static initializer touching ai.djl.engine.Engine; it runs on first use and may "
                                        + "load natives.")
                                .formatted(use.text()))));
    }

    /** The name of the annotation that makes it a plug. */
    private static String mark(PlugModel plug) {
        return plug.kind().annotation().getSimpleName();
    }

    private static boolean isClass(PlugModel plug) {
        return switch (plug.declaration().kind()) {
            case CLASS, RECORD -> true;
            case INTERFACE, ENUM, ANNOTATION -> false;
        };
    }

    private record Argument(Declaration declaration, SourceRef at) {}

    private static Optional<Argument> options(PlugModel plug) {
        return plug.usableConstructors().stream()
                .flatMap(constructor ->
                        constructor.options().stream().map(declaration -> new Argument(declaration, constructor.at())))
                .findFirst();
    }
}
