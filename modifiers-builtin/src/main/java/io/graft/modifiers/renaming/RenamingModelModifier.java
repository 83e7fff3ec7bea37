package io.graft.modifiers.renaming;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.RenameRules;
import io.graft.model.RenameRules.Renamed;
import io.graft.model.RenameRules.Unused;
import io.graft.problem.ProblemCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gives tensors of the model other names, one by one or with the modules above them. Their values, their order and when they are
 * trained stay; a tensor that the model has under several names is still one when some of them change. What a parametrization
 * owns is named for the tensor that it stands on, and follows it.
 */
@Modifier("renaming")
public final class RenamingModelModifier implements ModelModifier {
    private static final String KEY = "rename";

    private final RenamingOptions options;

    public RenamingModelModifier(RenamingOptions options) {
        this.options = options;
    }

    @Override
    public Optional<Record> options() {
        return Optional.of(options);
    }

    @Override
    public void apply(ModelDraft model, ModifierContext context) {
        if (options.rename().isEmpty()) {
            context.warn("`" + KEY + "` is empty: nothing is renamed");
            return;
        }
        RenameRules rules = options.rules();
        List<String> names = model.tensors().stream()
                .filter(tensor -> tensor.owner().isEmpty())
                .map(DraftTensor::name)
                .toList();
        rules.unused(names, "model").forEach(unused -> report(unused, rules, model, context));
        Map<String, String> newNames = newNames(names, rules, context);
        if (context.failed()) {
            return;
        }
        if (newNames.entrySet().stream().allMatch(each -> each.getKey().equals(each.getValue()))) {
            context.warn("nothing is renamed: " + newNames.size() + " of " + names.size()
                    + " tensors match, and they have these names already");
            return;
        }
        try {
            model.rename(newNames);
        } catch (IllegalArgumentException collision) {
            context.error(ProblemCode.NAME_COLLISION, KEY, collision.getMessage(), "give one of them another name");
        }
    }

    private void report(Unused unused, RenameRules rules, ModelDraft model, ModifierContext context) {
        String key = KEY + "[" + unused.rule() + "]";
        model.tensors().stream()
                .filter(tensor -> tensor.owner().isPresent())
                .filter(tensor ->
                        rules.rename(tensor.name()).stream().anyMatch(renamed -> renamed.rule() == unused.rule()))
                .findFirst()
                .ifPresentOrElse(
                        tensor -> tell(
                                ProblemCode.UNSUPPORTED_CHANGE,
                                key,
                                rules.words(unused.rule()) + ", matches only what belongs to parametrizations: `"
                                        + tensor.name() + "`",
                                "it is named for `"
                                        + tensor.owner().orElseThrow().tensor() + "`; rename that",
                                context),
                        () -> tell(ProblemCode.UNMATCHED_RULE, key, unused.message(), unused.help(), context));
    }

    private void tell(ProblemCode code, String key, String message, String help, ModifierContext context) {
        if (options.strict()) {
            context.error(code, key, message, help);
        } else {
            context.warn(key + ": " + message + " and is passed over; " + help);
        }
    }

    private static Map<String, String> newNames(List<String> names, RenameRules rules, ModifierContext context) {
        Map<String, String> newNames = new LinkedHashMap<>();
        for (String name : names) {
            for (Renamed renamed : rules.rename(name)) {
                newNames.put(name, renamed.name());
                if (hasEmptySegment(renamed.name())) {
                    context.error(
                            ProblemCode.UNSUPPORTED_CHANGE,
                            KEY + "[" + renamed.rule() + "]",
                            rules.words(renamed.rule()) + ", would call `" + name + "` `" + renamed.name()
                                    + "`, which has an empty segment",
                            "a group that matches nothing gives no text");
                }
            }
        }
        return newNames;
    }

    private static boolean hasEmptySegment(String name) {
        return ("." + name + ".").contains("..");
    }
}
