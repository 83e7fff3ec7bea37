package io.graft.processor.check;

import io.graft.processor.model.ConstructorModel;
import io.graft.processor.model.KeyModel;
import io.graft.processor.model.OptionsModel;
import io.graft.processor.model.PlugModel;
import io.graft.registry.PlugKind;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A model target is chosen by a key that is its id, and its options are what stands around that key: so they have a component for
 * it, which is always given and has no other name.
 */
final class OwnKeyRule implements Rule<PlugModel> {
    @Override
    public Report check(PlugModel plug) {
        boolean isJudged = plug.kind() == PlugKind.MODEL_TARGET
                && plug.unresolved().isEmpty()
                && plug.usableConstructors().size() == 1;
        return isJudged ? ofTarget(plug, plug.usableConstructors().get(0)) : Report.clean();
    }

    private static Report ofTarget(PlugModel plug, ConstructorModel constructor) {
        String id = plug.id().text();
        if (constructor.options().isEmpty()) {
            return Report.of(
                    MistakeCode.OWN_KEY,
                    plug.declaration().at(),
                    "`%s` is chosen by the key `%s` of its options; give its constructor a record with a component for it."
                            .formatted(plug.type().simpleName(), id));
        }
        return plug.options()
                .map(options -> key(options, id)
                        .map(OwnKeyRule::ofKey)
                        .orElseGet(() -> Report.of(
                                MistakeCode.OWN_KEY,
                                constructor.at(),
                                "`%s` has no component for the key `%s`, which chooses `%s`; add one."
                                        .formatted(
                                                options.type().simpleName(),
                                                id,
                                                plug.type().simpleName()))))
                .orElse(Report.clean());
    }

    private static Optional<KeyModel> key(OptionsModel options, String id) {
        return options.keys().stream().filter(key -> key.key().equals(id)).findFirst();
    }

    private static Report ofKey(KeyModel key) {
        Report optional = Report.when(
                key.absence() != KeyModel.Absence.REQUIRED,
                MistakeCode.OWN_KEY,
                key.at(),
                "component `%s` is the key that chooses the model target and so always given; make it required."
                        .formatted(key.component()));
        boolean isRenamed =
                !key.life().aliases().isEmpty() || !key.life().former().isEmpty();
        Report renamed = Report.when(
                isRenamed,
                MistakeCode.OWN_KEY,
                key.at(),
                "component `%s` is the key that chooses the model target; it can have no other name."
                        .formatted(key.component()));
        return Report.all(Stream.of(optional, renamed));
    }
}
