package io.graft.modifiers.initializing;

import io.graft.ModifierContext;
import io.graft.SelectorOption.Match;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.tree.DottedPath;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import io.graft.problem.Suggestions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Starts that are the values of other tensors of the model, as an earlier modifier may have given them.
 *
 * @param from a module or a tensor
 */
record CopiedStarts(String from, ModelDraft model, ModifierContext context) {
    /** One for each selected tensor that there is one for; what does not fit is reported. */
    List<Start> of(List<Match> matches) {
        Optional<String> tensor = model.tree().findTensor(from);
        Optional<String> module =
                tensor.isPresent() ? Optional.empty() : model.tree().findModule(from);
        if (tensor.or(() -> module).isEmpty()) {
            context.error(
                    ProblemCode.UNMATCHED_SELECTOR,
                    "from",
                    "the model has no module or tensor `" + from + "`",
                    Suggestions.didYouMean(model.tree().nearest(from)));
            return List.of();
        }
        Map<String, Start> starts = new LinkedHashMap<>();
        for (Match match : matches) {
            List<String> modules = model.select(match.selector()).modules();
            int before = starts.size();
            List<String> without = new ArrayList<>();
            for (String name : match.tensors()) {
                Optional<String> source =
                        tensor.isPresent() ? tensor : counterpart(name, modules, module.orElseThrow());
                source.flatMap(model::find)
                        .ifPresentOrElse(found -> start(match, name, found, starts), () -> without.add(name));
            }
            if (starts.size() == before && !context.failed()) {
                nothing(match, without);
            } else {
                without.forEach(context::missing);
            }
        }
        return List.copyOf(starts.values());
    }

    /** The tensor of the same name in the other module; whoever names a tensor alone means the one with its last name. */
    private static Optional<String> counterpart(String name, List<String> modules, String other) {
        String own = modules.stream()
                .filter(module -> name.startsWith(module + "."))
                .findFirst()
                .map(module -> name.substring(module.length() + 1))
                .orElseGet(() -> DottedPath.last(name));
        return Optional.of(other.isEmpty() ? own : other + "." + own);
    }

    private void start(Match match, String name, DraftTensor source, Map<String, Start> starts) {
        DraftTensor target = model.find(name).orElseThrow();
        if (name.equals(source.name()) || model.tiedTo(name).contains(source.name())) {
            context.error(
                    ProblemCode.UNSUPPORTED_CHANGE,
                    match.key(),
                    "`" + name + "` is the tensor that it would start from",
                    "leave it out of `tensors`");
        } else if (!source.shape().equals(target.shape())) {
            context.error(
                    ProblemCode.SHAPE_MISMATCH,
                    match.key(),
                    "`" + source.name() + "` does not fit `" + name + "`: " + source.shape() + " and " + target.shape(),
                    "start what has another shape by `initial`");
        } else {
            starts.putIfAbsent(name, new Start(target, source.value()));
        }
    }

    private void nothing(Match match, List<String> without) {
        context.error(
                ProblemCode.NOTHING_LOADED,
                match.key(),
                "`" + from + "` has nothing of the names in `" + match.selector() + "`: " + FirstFew.names(without),
                "name two modules with the same tensors in them");
    }
}
