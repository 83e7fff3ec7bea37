package io.graft.modifiers.renaming;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.rules.RuleProblem;
import io.graft.model.rules.RuledTensors;
import io.graft.model.rules.Rules;
import io.graft.problem.ProblemCode;
import io.graft.tensor.LazyTensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Gives tensors of the model other names, one by one or with the modules above them. Rules can give them another structure, too:
 * parts of a fused weight, experts in one tensor, transposed weights. The values of what is renamed, its order and when it is trained
 * stay; a tensor that the model has under several names is still one when some of them change. What a parametrization owns is named
 * for the tensor that it stands on, and follows it. What is made of other tensors comes last in the state dict.
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
        Rules rules = options.rules();
        Map<String, LazyTensor> tensors = new LinkedHashMap<>();
        model.tensors().stream()
                .filter(tensor -> tensor.owner().isEmpty())
                .forEach(tensor -> tensors.put(tensor.name(), tensor.value()));
        RuledTensors ruled = rules.apply(tensors, "model");
        ruled.problems().forEach(problem -> report(problem, rules, model, context));
        Restructuring changes = new Restructuring(ruled, model, context);
        if (!context.failed()) {
            changes.check();
        }
        if (context.failed()) {
            return;
        }
        if (changes.isEmpty()) {
            context.warn("nothing is renamed: " + ruled.taken() + " of " + tensors.size()
                    + " tensors match, and they have these names already");
            return;
        }
        try {
            changes.run();
        } catch (IllegalArgumentException collision) {
            context.error(ProblemCode.NAME_COLLISION, KEY, collision.getMessage(), "give one of them another name");
        }
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
