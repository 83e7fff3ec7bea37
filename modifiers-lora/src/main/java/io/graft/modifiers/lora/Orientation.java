package io.graft.modifiers.lora;

import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.problem.ProblemCode;
import io.graft.tensor.Shape;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which way round the weights of linear layers are stored, {@code [out, in]} or {@code [in, out]}. Shapes tell, but for square ones.
 * For those another layer of the same name is the witness, in the adapter or in the model, where a bias tells which axis counts
 * outputs. PEFT keeps one flag for layers of both kinds, so that it is believed only where it says what most layers are, and no
 * layer says otherwise.
 */
final class Orientation {
    private final boolean flag;
    private final ModelDraft model;
    private final Map<String, Set<Arrangement>> inAdapter = new HashMap<>();
    private Map<String, Set<Arrangement>> inModel;

    Orientation(boolean flag, ModelDraft model) {
        this.flag = flag;
        this.model = model;
    }

    /** Takes note of a weight, before any is asked for. */
    void see(LowRank update, DraftTensor weight) {
        List<Arrangement> ways = ways(update, weight.shape());
        if (!update.isEmbedding() && ways.size() == 1 && ways.get(0) != Arrangement.CONVOLUTION) {
            note(inAdapter, weight.name(), ways.get(0));
        }
    }

    /** How the factors lie over the weight; empty if they do not fit or if it cannot be told, which is an error. */
    Optional<Arrangement> of(LowRank update, DraftTensor weight, Findings findings) {
        List<Arrangement> ways = ways(update, weight.shape());
        if (ways.isEmpty()) {
            findings.error(
                    ProblemCode.SHAPE_MISMATCH,
                    "`" + weight.name() + "` has the shape " + weight.shape() + ", which the factors "
                            + update.a().shape() + " and " + update.b().shape() + " of the adapter do not fit"
                            + hint(update, weight.shape()),
                    "the adapter was trained on another model, or on one with another vocabulary");
        }
        if (ways.size() < 2) {
            return ways.stream().findFirst();
        }
        Optional<Arrangement> told = told(weight);
        if (told.isEmpty()) {
            findings.error(
                    ProblemCode.SHAPE_MISMATCH,
                    "`" + weight.name()
                            + "` is square, and whether it is stored as [out, in] or as [in, out] cannot be told:"
                            + " the adapter's `fan_in_fan_out` = " + flag
                            + " is that of one layer, and no other layer named `" + layer(weight.name())
                            + "` is there to show it",
                    "train linear layers and transposed ones in two adapters, or merge it with PEFT");
        }
        return told;
    }

    private static List<Arrangement> ways(LowRank update, Shape weight) {
        return update.arrangements(weight).stream()
                .filter(way -> !way.isOfExperts())
                .toList();
    }

    /** PEFT gives the first factor of a convolution with groups all inputs, so that it mixes what the layer keeps apart. */
    private static String hint(LowRank update, Shape weight) {
        Shape a = update.a().shape();
        boolean mixes = a.rank() > 2
                && weight.rank() == a.rank()
                && a.dimension(1) > weight.dimension(1)
                && a.dimension(1) % weight.dimension(1) == 0;
        return mixes
                ? ": the layer has groups, and the adapter mixes the inputs of all of them, which no weight of it does"
                : "";
    }

    private Optional<Arrangement> told(DraftTensor weight) {
        String type = model.tree().moduleType(module(weight.name()));
        if (type.equals("Linear") || type.equals("Conv1D")) {
            return Optional.of(type.equals("Linear") ? Arrangement.LINEAR : Arrangement.TRANSPOSED);
        }
        if (inModel == null) {
            inModel = witnesses();
        }
        EnumSet<Arrangement> seen = EnumSet.noneOf(Arrangement.class);
        seen.addAll(inAdapter.getOrDefault(layer(weight.name()), Set.of()));
        seen.addAll(inModel.getOrDefault(layer(weight.name()), Set.of()));
        if (!seen.isEmpty()) {
            return seen.size() == 1 ? seen.stream().findFirst() : Optional.empty();
        }
        boolean plain = !flag && !anyTransposed(inAdapter) && !anyTransposed(inModel);
        return plain ? Optional.of(Arrangement.LINEAR) : Optional.empty();
    }

    private static boolean anyTransposed(Map<String, Set<Arrangement>> seen) {
        return seen.values().stream().anyMatch(ways -> ways.contains(Arrangement.TRANSPOSED));
    }

    private Map<String, Set<Arrangement>> witnesses() {
        Map<String, Set<Arrangement>> seen = new HashMap<>();
        for (DraftTensor bias : model.tensors()) {
            if (bias.name().endsWith(".bias") && bias.shape().rank() == 1) {
                String name = module(bias.name()) + ".weight";
                model.find(name)
                        .filter(weight -> weight.shape().rank() == 2)
                        .filter(weight ->
                                weight.shape().dimension(0) != weight.shape().dimension(1))
                        .ifPresent(weight -> {
                            long out = bias.shape().dimension(0);
                            if (weight.shape().dimension(0) == out) {
                                note(seen, name, Arrangement.LINEAR);
                            } else if (weight.shape().dimension(1) == out) {
                                note(seen, name, Arrangement.TRANSPOSED);
                            }
                        });
            }
        }
        return seen;
    }

    private static void note(Map<String, Set<Arrangement>> seen, String name, Arrangement way) {
        seen.computeIfAbsent(layer(name), first -> EnumSet.noneOf(Arrangement.class))
                .add(way);
    }

    private static String module(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('.')));
    }

    /** The last name of the module, which layers of one kind share. */
    private static String layer(String name) {
        String module = module(name);
        return module.substring(module.lastIndexOf('.') + 1);
    }
}
