package io.graft.modifiers.lora;

import io.graft.model.DraftTensor;
import io.graft.problem.ProblemCode;
import io.graft.tensor.Shape;
import java.util.Optional;

/**
 * Which way round weights are stored, {@code [out, in]} or {@code [in, out]}. Shapes tell; for square ones the adapter's flag
 * does, unless other weights contradict it, for PEFT keeps one flag for layers of both kinds.
 */
final class Orientation {
    private final boolean flag;
    private boolean contradicted;

    Orientation(boolean flag) {
        this.flag = flag;
    }

    /** Takes note of a weight, before any is asked for. */
    void see(LowRank update, Shape weight) {
        boolean plain = weight.equals(Shape.of(update.out(), update.in()));
        boolean turned = weight.equals(Shape.of(update.in(), update.out()));
        contradicted |= !update.isEmbedding() && plain != turned && turned != flag;
    }

    /** Whether the weight is stored as {@code [in, out]}; empty if it does not fit or cannot be told, which is an error. */
    Optional<Boolean> of(LowRank update, DraftTensor weight, Findings findings) {
        boolean plain = weight.shape().equals(Shape.of(update.out(), update.in()));
        boolean turned = weight.shape().equals(Shape.of(update.in(), update.out()));
        if (update.isEmbedding() ? !turned : !plain && !turned) {
            findings.error(
                    ProblemCode.SHAPE_MISMATCH,
                    "`" + weight.name() + "` has the shape " + weight.shape() + ", which the factors "
                            + update.a().shape() + " and " + update.b().shape() + " of the adapter do not fit",
                    "the adapter was trained on another model, or on one with another vocabulary");
            return Optional.empty();
        }
        boolean square = plain && turned;
        if (!update.isEmbedding() && square && contradicted) {
            findings.error(
                    ProblemCode.SHAPE_MISMATCH,
                    "`" + weight.name()
                            + "` is square, and whether it is stored as [out, in] or as [in, out] cannot be told:"
                            + " the adapter says `fan_in_fan_out` = " + flag
                            + ", and other weights are stored the other way",
                    "train linear layers and transposed ones in two adapters, or merge it with PEFT");
            return Optional.empty();
        }
        return Optional.of(update.isEmbedding() || (square ? flag : turned));
    }
}
