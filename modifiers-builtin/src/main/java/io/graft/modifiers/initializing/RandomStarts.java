package io.graft.modifiers.initializing;

import io.graft.ModifierContext;
import io.graft.SelectorOption.Match;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.training.TensorKind;
import io.graft.problem.Counts;
import io.graft.problem.ProblemCode;
import io.graft.tensor.Initializer;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Starts that follow from a rule, a seed and the names of the tensors. */
record RandomStarts(Initializer initializer, long seed, ModelDraft model, ModifierContext context) {
    private static final String BIAS = "bias";

    /** One for each parameter that is selected; those that cannot be are reported. */
    List<Start> of(List<Match> matches) {
        Map<String, Start> starts = new LinkedHashMap<>();
        for (Match match : matches) {
            List<DraftTensor> parameters = match.tensors().stream()
                    .map(name -> model.find(name).orElseThrow())
                    .filter(tensor -> tensor.kind() == TensorKind.PARAMETER)
                    .toList();
            int kept = match.tensors().size() - parameters.size();
            if (kept > 0) {
                context.warn(Counts.of(kept, "buffer") + " of `" + match.selector() + "` "
                        + (kept == 1 ? "keeps its" : "keep their") + " values");
            }
            parameters.forEach(tensor -> start(match, tensor, starts));
        }
        return List.copyOf(starts.values());
    }

    private void start(Match match, DraftTensor tensor, Map<String, Start> starts) {
        try {
            LazyTensor value = initializer.tensor(seed, tensor.name(), tensor.dtype(), tensor.shape(), weight(tensor));
            starts.putIfAbsent(tensor.name(), new Start(tensor, value));
        } catch (IllegalArgumentException unfit) {
            context.error(
                    ProblemCode.MALFORMED_VALUE,
                    match.key(),
                    unfit.getMessage(),
                    "initialize it by another entry of the list, with zeros, ones or a deviation of its own");
        }
    }

    /** What a bias adds to is what its fans are counted of. */
    private Shape weight(DraftTensor tensor) {
        String name = tensor.name();
        boolean bias = tensor.shape().rank() == 1 && (name.equals(BIAS) || name.endsWith("." + BIAS));
        return bias
                ? model.find(name.substring(0, name.length() - BIAS.length()) + "weight")
                        .map(DraftTensor::shape)
                        .orElse(tensor.shape())
                : tensor.shape();
    }
}
