package io.graft.modifiers.lora.placing;

import io.graft.layer.BiasWitnesses;
import io.graft.layer.LayerKind;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.tree.DottedPath;
import io.graft.modifiers.lora.edit.Findings;
import io.graft.modifiers.lora.reading.LowRank;
import io.graft.modifiers.lora.update.Arrangement;
import io.graft.modifiers.lora.update.ChannelGroups;
import io.graft.problem.ProblemCode;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/**
 * Which way round the weights of linear layers are stored, {@code [out, in]} or {@code [in, out]}. Shapes tell, but for square ones.
 * For those another layer of the same name is the witness, in the adapter or in the model, where a bias tells which axis counts
 * outputs; PyTorch's attention tells by its other weight. PEFT keeps one flag for layers of both kinds, so that it is believed only where
 * it says what most layers are, and no layer says otherwise.
 */
final class Orientation {
    private final boolean flag;
    private final ModelDraft model;
    private final BiasWitnesses inAdapter = new BiasWitnesses();
    private BiasWitnesses inModel;

    Orientation(boolean flag, ModelDraft model) {
        this.flag = flag;
        this.model = model;
    }

    /** Takes note of a weight, before any is asked for. */
    void see(LowRank update, DraftTensor weight) {
        List<Arrangement> ways = ways(update, weight.shape());
        if (!update.isEmbedding() && ways.size() == 1 && ways.get(0) != Arrangement.CONVOLUTION) {
            inAdapter.note(weight.name(), ways.get(0) == Arrangement.LINEAR ? LayerKind.LINEAR : LayerKind.TRANSPOSED);
        }
    }

    /** How the factors lie over the weight; empty if they do not fit or if it cannot be told, which is an error. */
    Optional<Arrangement> of(LowRank update, DraftTensor weight, Findings findings) {
        List<Arrangement> ways = mixesGroups(update, weight.shape()) ? List.of() : ways(update, weight.shape());
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
                            + " is that of one layer, and no other layer named `" + BiasWitnesses.layer(weight.name())
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

    /** PEFT gives the first factor of a convolution with groups all inputs, and trains it so that it mixes what the layer keeps apart. */
    private static boolean mixesGroups(LowRank update, Shape weight) {
        if (!ways(update, weight).equals(List.of(Arrangement.CONVOLUTION))
                || !ChannelGroups.areAll(update.a().shape(), weight)) {
            return false;
        }
        try {
            return !ChannelGroups.areApart(
                    update.a().value(),
                    ChannelGroups.of(update.a().shape(), update.b().shape()));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

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

    /** Whether it is the last layer of PyTorch's attention, which always is a linear one. */
    private boolean isOfAttention(DraftTensor weight) {
        String module = DottedPath.parent(weight.name());
        return DottedPath.last(module).equals("out_proj")
                && model.find(DottedPath.parent(module) + ".in_proj_weight").isPresent();
    }

    private Optional<Arrangement> told(DraftTensor weight) {
        String type = model.tree().moduleType(DottedPath.parent(weight.name()));
        if (type.equals("Linear") || type.equals("Conv1D")) {
            return Optional.of(type.equals("Linear") ? Arrangement.LINEAR : Arrangement.TRANSPOSED);
        }
        if (isOfAttention(weight)) {
            return Optional.of(Arrangement.LINEAR);
        }
        if (inModel == null) {
            inModel = BiasWitnesses.of(model);
        }
        EnumSet<LayerKind> seen = EnumSet.noneOf(LayerKind.class);
        seen.addAll(inAdapter.of(weight.name()));
        seen.addAll(inModel.of(weight.name()));
        if (!seen.isEmpty()) {
            return seen.size() == 1
                    ? Optional.of(seen.contains(LayerKind.LINEAR) ? Arrangement.LINEAR : Arrangement.TRANSPOSED)
                    : Optional.empty();
        }
        boolean plain = !flag && !inAdapter.anyTransposed() && !inModel.anyTransposed();
        return plain ? Optional.of(Arrangement.LINEAR) : Optional.empty();
    }
}
