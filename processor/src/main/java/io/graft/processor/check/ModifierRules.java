package io.graft.processor.check;

import io.graft.processor.model.BinderOrigin;
import io.graft.processor.model.ConstructorModel;
import io.graft.processor.model.Declaration;
import io.graft.processor.model.KeyModel;
import io.graft.processor.model.KeyNames;
import io.graft.processor.model.Literal;
import io.graft.processor.model.ModifierModel;
import io.graft.processor.model.OptionsModel;
import io.graft.processor.model.SourceRef;
import io.graft.processor.model.TypeRef;
import io.graft.processor.model.TypeShape;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a class with {@code @Modifier} must be like. */
public final class ModifierRules {
    /** In the order in which their findings are printed. */
    public static final List<Rule<ModifierModel>> ALL = List.of(
            ModifierRules::unresolvedTypes,
            ModifierRules::notAClass,
            ModifierRules::abstractClass,
            ModifierRules::notPublic,
            ModifierRules::innerClass,
            ModifierRules::notAModifier,
            ModifierRules::typeParameters,
            ModifierRules::noConstructor,
            ModifierRules::ambiguousConstructor,
            ModifierRules::optionsNotRecord,
            ModifierRules::genericOptions,
            ModifierRules::badId,
            ModifierRules::reservedId,
            ModifierRules::optionsWithoutBinder,
            ModifierRules::reservedKey,
            ModifierRules::heavyProvider,
            choices(),
            new RecursionRule(),
            new DefaultRule());

    private static final Pattern ID = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
    private static final int LONGEST_ID = 64;
    private static final Set<String> RESERVED_KEYS = Set.of("type", "_target_", KeyNames.of("_target_"));

    private ModifierRules() {}

    private static Rule<ModifierModel> choices() {
        return modifier -> Report.of(ChoiceRules.ALL, modifier);
    }

    private static Report unresolvedTypes(ModifierModel modifier) {
        return Report.all(modifier.unresolved().stream().map(type -> missingType(type)));
    }

    private static Report missingType(Literal type) {
        return Report.of(MistakeCode.MISSING_TYPE, type.at(), Messages.missingType(type.text()));
    }

    private static Report notAClass(ModifierModel modifier) {
        Declaration declaration = modifier.declaration();
        return Report.when(
                !isClass(modifier),
                MistakeCode.NOT_A_CLASS,
                declaration.at(),
                "@Modifier applies to classes; `%s` is an %s."
                        .formatted(
                                modifier.type().simpleName(), declaration.kind().word()));
    }

    private static Report abstractClass(ModifierModel modifier) {
        return Report.when(
                isClass(modifier) && modifier.declaration().isAbstract(),
                MistakeCode.ABSTRACT_MODIFIER,
                modifier.declaration().at(),
                ("`%s` is abstract and cannot be instantiated; remove `abstract` or move "
                                + "@Modifier to the concrete subclass.")
                        .formatted(modifier.type().simpleName()));
    }

    private static Report notPublic(ModifierModel modifier) {
        return Report.when(
                isClass(modifier) && !modifier.declaration().isPublic(),
                MistakeCode.NOT_ACCESSIBLE,
                modifier.declaration().at(),
                "`%s` must be public (ServiceLoader instantiates it from another package)."
                        .formatted(modifier.type().simpleName()));
    }

    private static Report innerClass(ModifierModel modifier) {
        return Report.when(
                modifier.declaration().isInner(),
                MistakeCode.INNER_CLASS,
                modifier.declaration().at(),
                "`%s` is an inner class; make it static or top level."
                        .formatted(modifier.type().simpleName()));
    }

    private static Report notAModifier(ModifierModel modifier) {
        return Report.when(
                isClass(modifier) && modifier.unresolved().isEmpty() && !modifier.extendsModelModifier(),
                MistakeCode.NOT_A_MODIFIER,
                modifier.declaration().at(),
                "`%s` is annotated @Modifier but does not implement ModelModifier."
                        .formatted(modifier.type().simpleName()));
    }

    private static Report typeParameters(ModifierModel modifier) {
        return Report.when(
                !modifier.declaration().typeParameters().isEmpty(),
                MistakeCode.GENERIC_MODIFIER,
                modifier.declaration().at(),
                "@Modifier class `%s` must not declare type parameters."
                        .formatted(modifier.declaration().display()));
    }

    private static Report noConstructor(ModifierModel modifier) {
        return Report.when(
                isClass(modifier)
                        && modifier.unresolved().isEmpty()
                        && modifier.usableConstructors().isEmpty(),
                MistakeCode.NO_CONSTRUCTOR,
                modifier.declaration().at(),
                "`%s` needs a public constructor taking its options record or no arguments; found: %s."
                        .formatted(
                                modifier.type().simpleName(),
                                modifier.constructors().stream()
                                        .map(constructor -> signature(modifier, constructor))
                                        .collect(Collectors.joining(", "))));
    }

    private static String signature(ModifierModel modifier, ConstructorModel constructor) {
        return (constructor.isPublic() ? "" : "non-public ")
                + modifier.type().simpleName()
                + "("
                + String.join(", ", constructor.parameterTypes())
                + ")";
    }

    private static Report ambiguousConstructor(ModifierModel modifier) {
        int usable = modifier.usableConstructors().size();
        return Report.when(
                usable > 1,
                MistakeCode.AMBIGUOUS_CONSTRUCTOR,
                modifier.declaration().at(),
                "`%s` has %d usable constructors; mark one with @ModifierConstructor."
                        .formatted(modifier.type().simpleName(), usable));
    }

    private static Report optionsNotRecord(ModifierModel modifier) {
        return options(modifier)
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

    private static Report genericOptions(ModifierModel modifier) {
        return options(modifier)
                .filter(options -> options.declaration().kind() == Declaration.Kind.RECORD
                        && !options.declaration().typeParameters().isEmpty())
                .map(options -> Report.of(
                        MistakeCode.GENERIC_OPTIONS,
                        options.at(),
                        Messages.genericOptions(options.declaration().display())))
                .orElse(Report.clean());
    }

    private static Report badId(ModifierModel modifier) {
        String id = modifier.id().text();
        String nearest = KeyNames.nearestId(id);
        String advice = nearest.isEmpty() || nearest.equals(id) ? "" : "; try `" + nearest + "`";
        return Report.when(
                !ID.matcher(id).matches() || id.length() > LONGEST_ID,
                MistakeCode.BAD_ID,
                modifier.id().at(),
                "id `%s` must match `%s` and be at most %d characters%s.".formatted(id, ID, LONGEST_ID, advice));
    }

    private static Report reservedId(ModifierModel modifier) {
        return Report.when(
                modifier.id().text().startsWith("core-"),
                MistakeCode.RESERVED_ID,
                modifier.id().at(),
                "ids starting with `core-` are reserved for the framework.");
    }

    private static Report optionsWithoutBinder(ModifierModel modifier) {
        Report own = options(modifier)
                .flatMap(options -> modifier.options().map(model -> withoutBinder(model, options.at())))
                .orElse(Report.clean());
        return Report.all(List.of(own, nestedWithoutBinder(modifier)).stream());
    }

    private static Report nestedWithoutBinder(ModifierModel modifier) {
        return Report.all(modifier.records().stream()
                .filter(record -> record.binder() instanceof BinderOrigin.Generated)
                .flatMap(record -> record.keys().stream())
                .flatMap(key -> key.shape().flatten().map(shape -> withoutBinder(modifier, shape, key.at()))));
    }

    private static Report withoutBinder(ModifierModel modifier, TypeShape shape, SourceRef at) {
        if (shape instanceof TypeShape.Nested nested) {
            return withoutBinder(modifier.record(nested.type()), at);
        } else if (shape instanceof TypeShape.ChoiceOf choice) {
            return withoutBinder("interface", modifier.choice(choice.type()).binder(), choice.type(), at);
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

    private static Report reservedKey(ModifierModel modifier) {
        return Report.all(modifier.options().stream()
                .flatMap(options -> options.keys().stream().flatMap(key -> reserved(options, key))));
    }

    private static Stream<Report> reserved(OptionsModel options, KeyModel key) {
        Stream<Literal> given = Stream.concat(key.life().name().stream(), key.life().aliases().stream());
        Stream<Report> names = given.filter(name -> RESERVED_KEYS.contains(name.text()))
                .map(name -> Report.of(
                        MistakeCode.RESERVED_KEY,
                        name.at(),
                        "key `%s` of component `%s` collides with the key that selects the modifier; give it another."
                                .formatted(name.text(), key.component())));
        boolean byComponent = key.life().name().isEmpty() && RESERVED_KEYS.contains(key.key());
        Report component = Report.when(
                byComponent,
                MistakeCode.RESERVED_KEY,
                key.at(),
                ("component `%s` of `%s` collides with the key that selects the modifier; "
                                + "rename it or give it a @KeyName.")
                        .formatted(key.component(), options.type().simpleName()));
        return Stream.concat(Stream.of(component), names);
    }

    private static Report heavyProvider(ModifierModel modifier) {
        return Report.all(modifier.engineUses().stream()
                .map(use -> Report.of(
                        MistakeCode.HEAVY_PROVIDER,
                        use.at(),
                        ("`%s` has a static initializer touching ai.djl.engine.Engine; it runs on first use and may "
                                        + "load natives.")
                                .formatted(use.text()))));
    }

    private static boolean isClass(ModifierModel modifier) {
        return switch (modifier.declaration().kind()) {
            case CLASS, RECORD -> true;
            case INTERFACE, ENUM, ANNOTATION -> false;
        };
    }

    private record Argument(Declaration declaration, SourceRef at) {}

    private static Optional<Argument> options(ModifierModel modifier) {
        return modifier.usableConstructors().stream()
                .flatMap(constructor ->
                        constructor.options().stream().map(declaration -> new Argument(declaration, constructor.at())))
                .findFirst();
    }
}
