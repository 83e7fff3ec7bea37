package io.graft.modifiers.freezing;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.Phase;
import io.graft.SelectorOption;
import io.graft.SelectorOption.Match;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.Ties;
import io.graft.model.training.TensorKind;
import io.graft.problem.ProblemCode;
import io.graft.problem.Quoting;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps parameters from being trained: everything under the named modules, or single tensors. Buffers are never trained and
 * stay as they are. What is frozen already is no error, so that freezing twice is the same as once. A tensor that the model has
 * under several names is frozen under all of them.
 */
@Modifier(value = "freezing", aliases = "anemoi.training.train.modify.FreezingModelModifier", phase = Phase.BEFORE_LOAD)
public final class FreezingModelModifier implements ModelModifier {
    private static final String KEY = "submodules-to-freeze";

    private final FreezingOptions options;

    public FreezingModelModifier(FreezingOptions options) {
        this.options = options;
    }

    @Override
    public Optional<Record> options() {
        return Optional.of(options);
    }

    @Override
    public void apply(ModelDraft model, ModifierContext context) {
        if (options.submodulesToFreeze().isEmpty()) {
            context.warn("`" + KEY + "` is empty: nothing is frozen");
            return;
        }
        List<Match> matches =
                SelectorOption.resolveAll(KEY, options.submodulesToFreeze(), options.strict(), model, context);
        List<Match> exceptions =
                SelectorOption.resolveAll("except", options.except(), options.strict(), model, context);
        if (context.failed()) {
            return;
        }
        Set<String> selected = parameters(matches, model, context);
        for (Match exception : exceptions) {
            if (exception.tensors().stream().noneMatch(selected::contains)) {
                context.warn("`" + exception.selector() + "` in `except` is not among what would be frozen");
            }
        }
        exceptions.forEach(exception -> exception.tensors().forEach(selected::remove));
        checkExceptions(exceptions, selected, model, context);
        if (context.failed()) {
            return;
        }
        selected.forEach(model::freeze);
        warnOfTies(selected, model, context);
        warnIfNothingIsTrainable(model, context);
    }

    private static Set<String> parameters(List<Match> matches, ModelDraft model, ModifierContext context) {
        Set<String> selected = new LinkedHashSet<>();
        for (Match match : matches) {
            List<String> parameters = match.tensors().stream()
                    .filter(name -> model.find(name)
                            .filter(FreezingModelModifier::isParameter)
                            .isPresent())
                    .toList();
            if (parameters.isEmpty()) {
                context.warn("`" + match.selector() + "` has no parameters to freeze");
            }
            selected.addAll(parameters);
        }
        return selected;
    }

    /** One tensor under two names cannot be frozen under one of them and trained under the other. */
    private static void checkExceptions(
            List<Match> exceptions, Set<String> selected, ModelDraft model, ModifierContext context) {
        for (int i = 0; i < exceptions.size(); i++) {
            for (String name : exceptions.get(i).tensors()) {
                List<String> frozen =
                        model.tiedTo(name).stream().filter(selected::contains).toList();
                if (!frozen.isEmpty()) {
                    context.error(
                            ProblemCode.UNSUPPORTED_CHANGE,
                            "except[" + i + "]",
                            "`" + exceptions.get(i).selector() + "` keeps `" + name
                                    + "` trainable, which is one tensor with " + Quoting.names(frozen)
                                    + ", and that would be frozen",
                            "give all names of the tensor as exceptions, or none");
                }
            }
        }
    }

    private static void warnOfTies(Set<String> selected, ModelDraft model, ModifierContext context) {
        for (String name : selected) {
            for (String tied : model.tiedTo(name)) {
                if (!selected.contains(tied)) {
                    context.warn("`" + tied + "` is the same tensor as `" + name + "` and is frozen with it");
                }
            }
        }
    }

    private static void warnIfNothingIsTrainable(ModelDraft model, ModifierContext context) {
        Ties ties = Ties.of(model.tensors());
        long parameters = model.tensors().stream()
                .filter(FreezingModelModifier::isParameter)
                .filter(ties::counts)
                .count();
        if (parameters > 0 && model.tensors().stream().noneMatch(DraftTensor::trainable)) {
            context.warn("no trainable parameters left: all " + parameters + " of the model are frozen");
        }
    }

    private static boolean isParameter(DraftTensor tensor) {
        return tensor.kind() == TensorKind.PARAMETER;
    }
}
