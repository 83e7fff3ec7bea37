package io.graft.processor.check;

import io.graft.problem.Suggestions;
import io.graft.processor.model.ComponentModel;
import io.graft.processor.model.Declaration;
import io.graft.processor.model.KeyModel;
import io.graft.processor.model.OptionsModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** What an options record, and a record nested in one, must be like. */
public final class OptionsRules {
    /** In the order in which their findings are printed. */
    public static final List<Rule<OptionsModel>> ALL = List.of(
            OptionsRules::privateRecord,
            OptionsRules::duplicateKey,
            options -> Report.of(FlattenRules.ALL, options),
            options -> Report.of(KeyLifeRules.ALL, options),
            options -> Report.all(options.components().stream().map(component -> Report.of(TypeRules.ALL, component))),
            eachKey(ConstraintRules.ALL),
            options -> Report.of(RecordRules.ALL, options),
            OptionsRules::missingDoc,
            OptionsRules::unknownParam);

    private OptionsRules() {}

    private static Rule<OptionsModel> eachKey(List<Rule<KeyModel>> rules) {
        return options -> Report.all(options.ownKeys().map(key -> Report.of(rules, key)));
    }

    private static Report privateRecord(OptionsModel options) {
        return notPrivate(options.declaration());
    }

    static Report notPrivate(Declaration declaration) {
        return Report.when(
                declaration.isPrivate(),
                MistakeCode.NOT_ACCESSIBLE,
                declaration.at(),
                "`%s` must not be private (its binder is generated beside it, in a class of its own)."
                        .formatted(declaration.type().simpleName()));
    }

    private static Report duplicateKey(OptionsModel options) {
        Map<String, KeyModel> first = new HashMap<>();
        return Report.all(options.ownKeys()
                .map(key -> {
                    KeyModel earlier = first.putIfAbsent(key.key(), key);
                    return earlier == null ? null : sameKey(earlier, key);
                })
                .filter(Objects::nonNull));
    }

    private static Report sameKey(KeyModel earlier, KeyModel key) {
        return Report.of(
                MistakeCode.DUPLICATE_KEY,
                key.at(),
                "components `%s` and `%s` both map to key `%s`."
                        .formatted(earlier.component(), key.component(), key.key()));
    }

    private static Report missingDoc(OptionsModel options) {
        Function<ComponentModel, Report> undocumented = key -> Report.when(
                key.documentation().isEmpty(),
                MistakeCode.MISSING_DOC,
                key.at(),
                "`%s` has no description; add `@param %s` to the Javadoc of %s."
                        .formatted(
                                key.component(), key.component(), options.type().simpleName()));
        return Report.all(options.components().stream().map(undocumented));
    }

    private static Report unknownParam(OptionsModel options) {
        List<String> components =
                options.components().stream().map(ComponentModel::component).toList();
        return Report.all(options.documented().stream()
                .filter(name -> !components.contains(name))
                .map(name -> Report.of(
                        MistakeCode.DOC_UNKNOWN_PARAM,
                        options.declaration().at(),
                        "@param %s does not match a component%s".formatted(name, meant(name, components)))));
    }

    private static String meant(String name, List<String> components) {
        return Suggestions.near(name, components).stream()
                .findFirst()
                .map(nearest -> "; did you mean `" + nearest + "`?")
                .orElse(".");
    }
}
