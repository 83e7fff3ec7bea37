package io.graft.modifiers.renaming;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.Phase;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.rules.Restructuring;
import io.graft.model.rules.RuleProblem;
import io.graft.model.rules.RuledTensors;
import io.graft.model.rules.Rules;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import io.graft.tensor.CastTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Gives tensors of the model other names, one by one or with the modules above them. Rules can give them another structure, too:
 * parts of a fused weight, experts in one tensor, transposed weights. The values of what is renamed, its order and when it is trained
 * stay; a tensor that the model has under several names is still one when some of them change. What a parametrization owns is named
 * for the tensor that it stands on, and follows it. What is made of other tensors comes last in the state dict.
 */
@Modifier(value = "renaming", phase = Phase.BEFORE_LOAD)
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
        Rules rules = options.rules().toldBy(context.configuration());
        rules.told().forEach(context::warn);
        Map<String, LazyTensor> tensors = values(model);
        RuledTensors ruled = rules.apply(tensors, "model");
        ruled.problems().forEach(problem -> report(problem, rules, model, context));
        if (context.failed()) {
            return;
        }
        Restructuring changes = new Restructuring(ruled, model);
        changes.inseparable()
                .forEach(name -> context.error(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        KEY,
                        "`" + name + "` is parametrized, and a rule moves its elements",
                        "fold what is on it, or take it off, first"));
        if (context.failed()) {
            return;
        }
        if (changes.isEmpty()) {
            context.warn("nothing is renamed: " + ruled.taken() + " of " + tensors.size()
                    + " tensors match, and they have these names already");
            return;
        }
        try {
            changes.run().forEach(context::warn);
            if (!ruled.leftOut().isEmpty()) {
                context.warn("removed, because the running model has none of the name: "
                        + FirstFew.names(ruled.leftOut().keySet()));
            }
        } catch (IllegalArgumentException collision) {
            context.error(ProblemCode.NAME_COLLISION, KEY, collision.getMessage(), "give one of them another name");
        }
    }

    /**
     * The values of tensors, of one dtype if they are of one in the model, whether or not an earlier modifier has computed them: what is
     * computed is rounded when it is written, and what is made of it and of others, too.
     */
    private static Map<String, LazyTensor> values(ModelDraft model) {
        List<DraftTensor> tensors = model.tensors().stream()
                .filter(tensor -> tensor.owner().isEmpty())
                .toList();
        Set<DType> computed = tensors.stream()
                .filter(tensor -> tensor.value().dtype() != tensor.dtype())
                .map(DraftTensor::dtype)
                .collect(Collectors.toSet());
        Map<String, LazyTensor> values = new LinkedHashMap<>();
        for (DraftTensor tensor : tensors) {
            LazyTensor value = tensor.value();
            DType wide = tensor.dtype().computing();
            boolean isNarrow = computed.contains(tensor.dtype()) && value.dtype() != wide;
            values.put(tensor.name(), isNarrow ? new CastTensor(value, wide) : value);
        }
        return values;
    }

    private void report(RuleProblem problem, Rules rules, ModelDraft model, ModifierContext context) {
        String key = KEY + "[" + problem.rule() + "]";
        if (!problem.isUnmatched()) {
            context.error(problem.code(), key, problem.message(), problem.help());
            return;
        }
        Optional<DraftTensor> owned = model.tensors().stream()
                .filter(tensor -> tensor.owner().isPresent())
                .filter(tensor -> rules.fits(problem.rule(), tensor.name()))
                .findFirst();
        ProblemCode code = owned.isPresent() ? ProblemCode.UNSUPPORTED_CHANGE : problem.code();
        String message = owned.map(tensor -> rules.words(problem.rule())
                        + ", matches only what belongs to parametrizations: `" + tensor.name() + "`")
                .orElse(problem.message());
        String help = owned.map(tensor ->
                        "it is named for `" + tensor.owner().orElseThrow().tensor() + "`; rename that")
                .orElse(problem.help());
        if (options.strict()) {
            context.error(code, key, message, help);
        } else {
            context.warn(key + ": " + message + " and is passed over; " + help);
        }
    }
}
