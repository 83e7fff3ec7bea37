package io.graft.processor.check;

import io.graft.processor.model.ConstructorModel;
import io.graft.processor.model.Declaration;
import io.graft.processor.model.KeyNames;
import io.graft.processor.model.Literal;
import io.graft.processor.model.PlugModel;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

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
            PlugOptionsRules::optionsNotRecord,
            PlugOptionsRules::genericOptions,
            PlugRules::badId,
            PlugRules::reservedId,
            PlugOptionsRules::optionsWithoutBinder,
            PlugOptionsRules::reservedKey,
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
}
