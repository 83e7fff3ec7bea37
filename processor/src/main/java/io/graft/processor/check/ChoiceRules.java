package io.graft.processor.check;

import io.graft.processor.model.BinderOrigin;
import io.graft.processor.model.ChoiceModel;
import io.graft.processor.model.Declaration;
import io.graft.processor.model.KeyModel;
import io.graft.processor.model.PlugModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** What a sealed interface of records, and its records as alternatives, must be like. */
final class ChoiceRules {
    static final List<Rule<PlugModel>> ALL = List.of(
            eachChoice(ChoiceRules::privateInterface),
            eachChoice(ChoiceRules::notRecord),
            eachChoice(ChoiceRules::tagDuplicate),
            eachChoice(ChoiceRules::tagCollides));

    private ChoiceRules() {}

    private static Rule<PlugModel> eachChoice(BiFunction<PlugModel, ChoiceModel, Report> question) {
        return plug -> Report.all(plug.choices().stream()
                .filter(choice -> choice.binder() instanceof BinderOrigin.Generated)
                .map(choice -> question.apply(plug, choice)));
    }

    private static Report privateInterface(PlugModel plug, ChoiceModel choice) {
        return OptionsRules.notPrivate(choice.declaration());
    }

    private static Report notRecord(PlugModel plug, ChoiceModel choice) {
        return Report.all(choice.alternatives().stream()
                .map(ChoiceModel.Alternative::declaration)
                .map(declaration -> declaration.kind() == Declaration.Kind.RECORD
                        ? generic(declaration)
                        : notRecord(choice, declaration)));
    }

    private static Report notRecord(ChoiceModel choice, Declaration permitted) {
        return Report.of(
                MistakeCode.SEALED_NOT_RECORD,
                permitted.at(),
                "permitted subtype `%s` of `%s` must be a record."
                        .formatted(permitted.type().simpleName(), choice.type().simpleName()));
    }

    private static Report generic(Declaration permitted) {
        return Report.when(
                !permitted.typeParameters().isEmpty(),
                MistakeCode.GENERIC_OPTIONS,
                permitted.at(),
                Messages.genericOptions(permitted.display()));
    }

    private static Report tagDuplicate(PlugModel plug, ChoiceModel choice) {
        Map<String, ChoiceModel.Alternative> first = new HashMap<>();
        return Report.all(choice.alternatives().stream().map(alternative -> {
            ChoiceModel.Alternative earlier =
                    first.putIfAbsent(alternative.tag().text(), alternative);
            return earlier == null ? Report.clean() : sameTag(earlier, alternative);
        }));
    }

    private static Report sameTag(ChoiceModel.Alternative earlier, ChoiceModel.Alternative alternative) {
        return Report.of(
                MistakeCode.TAG_DUPLICATE,
                alternative.tag().at(),
                "tags of `%s` and `%s` are both `%s`."
                        .formatted(
                                earlier.type().simpleName(),
                                alternative.type().simpleName(),
                                alternative.tag().text()));
    }

    private static Report tagCollides(PlugModel plug, ChoiceModel choice) {
        return Report.all(choice.records().stream()
                .flatMap(alternative -> plug.record(alternative.type()).keys().stream()
                        .filter(key -> key.key().equals(choice.discriminator()))
                        .map(key -> collides(choice, alternative, key))));
    }

    private static Report collides(ChoiceModel choice, ChoiceModel.Alternative alternative, KeyModel key) {
        return Report.of(
                MistakeCode.TAG_COLLIDES,
                key.at(),
                "discriminator `%s` collides with component `%s` of `%s`; use @Discriminator(\"%s\")."
                        .formatted(
                                choice.discriminator(),
                                key.component(),
                                alternative.type().simpleName(),
                                choice.discriminator().equals("kind") ? "type" : "kind"));
    }
}
