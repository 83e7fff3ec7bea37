package io.graft.modifiers.replacing;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.Phase;
import io.graft.model.ModelDraft;
import io.graft.model.modules.BlockRecipe;
import io.graft.model.modules.DescribedModule;
import io.graft.model.modules.ModuleSource;
import io.graft.problem.ProblemCode;
import io.graft.problem.Suggestions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts another module in the place of one, such as a head with another number of outputs or a new decoder, or adds one. What is in the
 * old module goes, with the adapters on it; what comes is trainable, and modifiers after this one fill, freeze and adapt it by its
 * names. Random values follow from the seed and from the names, so that they repeat.
 */
@Modifier(value = "replace-module", phase = Phase.BEFORE_LOAD)
public final class ReplaceModuleModelModifier implements ModelModifier {
    private final ReplaceModuleOptions options;

    public ReplaceModuleModelModifier(ReplaceModuleOptions options) {
        this.options = options;
    }

    @Override
    public Optional<Record> options() {
        return Optional.of(options);
    }

    @Override
    public void apply(ModelDraft model, ModifierContext context) {
        Optional<String> path = options.add() ? place(model, context) : module(model, context);
        if (path.isEmpty()) {
            return;
        }
        if (options.blockFactory().isEmpty() && options.tensors().isEmpty()) {
            context.error(
                    ProblemCode.MISSING_KEY,
                    "",
                    "nothing says what `" + path.get() + "` is to be",
                    "name a `block-factory`, or describe its `tensors`");
            return;
        }
        put(path.get(), source(context), model, context);
    }

    /** What the draft refuses is the configuration's matter here: which module, and what comes. */
    private void put(String path, ModuleSource source, ModelDraft model, ModifierContext context) {
        try {
            if (options.add()) {
                model.addModule(path, source);
            } else {
                List<String> partings = partings(path, model);
                model.replaceModule(path, source);
                partings.forEach(context::warn);
            }
        } catch (IllegalArgumentException refused) {
            context.error(ProblemCode.UNSUPPORTED_CHANGE, "", refused.getMessage(), "");
        }
    }

    private static List<String> partings(String path, ModelDraft model) {
        return model.tensors().stream()
                .filter(tensor -> tensor.name().startsWith(path + "."))
                .flatMap(tensor -> model.tiedTo(tensor.name()).stream()
                        .filter(other -> !other.startsWith(path + "."))
                        .map(other ->
                                "`" + tensor.name() + "` was the same tensor as `" + other + "`, which stays as it is"))
                .toList();
    }

    private Optional<String> module(ModelDraft model, ModifierContext context) {
        Optional<String> module = model.tree().findModule(options.module());
        if (module.isEmpty()) {
            unknown(options.module(), "to add it, say add = true", model, context);
        }
        return module;
    }

    private Optional<String> place(ModelDraft model, ModifierContext context) {
        String path = options.module();
        if (model.tree()
                .findModule(path)
                .or(() -> model.tree().findTensor(path))
                .isPresent()) {
            context.error(
                    ProblemCode.UNSUPPORTED_CHANGE,
                    "module",
                    "the model has `" + path + "` already",
                    "leave `add` out, and it is replaced");
            return Optional.empty();
        }
        int dot = path.lastIndexOf('.');
        if (dot < 0) {
            return Optional.of(path);
        }
        Optional<String> around = model.tree().findModule(path.substring(0, dot));
        if (around.isEmpty()) {
            unknown(path.substring(0, dot), "a module is added to one that the model has", model, context);
        }
        return around.map(parent -> parent + path.substring(dot));
    }

    private static void unknown(String path, String otherwise, ModelDraft model, ModifierContext context) {
        String question = Suggestions.didYouMean(model.tree().nearest(path));
        context.error(
                ProblemCode.UNMATCHED_SELECTOR,
                "module",
                "the model has no module `" + path + "`",
                question.isEmpty() ? otherwise : question);
    }

    private ModuleSource source(ModifierContext context) {
        return options.blockFactory()
                .map(factory -> context.module(
                        new BlockRecipe(factory, options.arguments(), options.inputShapes(), options.seed())))
                .orElseGet(this::described);
    }

    private ModuleSource described() {
        Map<String, DescribedModule.Tensor> tensors = new LinkedHashMap<>();
        options.tensors().forEach((name, tensor) -> tensors.put(name, tensor.described()));
        return new DescribedModule("", options.seed(), tensors);
    }
}
