package io.graft.processor.check;

import io.graft.problem.Suggestions;
import io.graft.processor.model.CheckMethod;
import io.graft.processor.model.KeyModel;
import io.graft.processor.model.KeyRelation;
import io.graft.processor.model.Literal;
import io.graft.processor.model.OptionsModel;
import java.util.List;

/** What a record says of its keys as a whole: relations between them, and check methods. */
final class RecordRules {
    static final List<Rule<OptionsModel>> ALL = List.of(RecordRules::relations, RecordRules::checkSignature);

    private RecordRules() {}

    private static Report relations(OptionsModel options) {
        List<String> keys = options.keys().stream().map(KeyModel::key).toList();
        return Report.all(options.ownRelations().stream()
                .flatMap(relation -> relation.keys().stream()
                        .filter(key -> !keys.contains(key.text()))
                        .map(key -> unknown(options, relation, key, keys))));
    }

    private static Report unknown(OptionsModel options, KeyRelation relation, Literal key, List<String> keys) {
        String advice = Suggestions.didYouMean(key.text(), keys);
        return Report.of(
                MistakeCode.CHECK_PATH,
                key.at(),
                "%s names `%s`, which is not a key of %s%s"
                        .formatted(
                                relation.annotation(),
                                key.text(),
                                options.type().simpleName(),
                                advice.isEmpty() ? "." : "; " + advice));
    }

    private static Report checkSignature(OptionsModel options) {
        return Report.all(
                options.checks().stream().filter(check -> !check.isCallable()).map(check -> signature(options, check)));
    }

    private static Report signature(OptionsModel options, CheckMethod check) {
        return Report.of(
                MistakeCode.CHECK_SIGNATURE,
                check.at(),
                "@Check method must be `static void name(%s, CheckSink)`; found `%s`."
                        .formatted(options.type().simpleName(), check.signature()));
    }
}
