package io.graft.modifiers.quantization.stored;

import io.graft.checkpoint.layout.Part;
import io.graft.modifiers.quantization.layout.CompressedLayout;
import io.graft.modifiers.quantization.scheme.Integers;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.util.Optional;

/**
 * Integers of compressed-tensors: of 4 and 8 bits in words, of 8 bits in bytes, in groups, which may follow an index, by rows, and with one
 * scale.
 */
final class FoundCompressed implements FoundLayout {
    @Override
    public String id() {
        return "compressed-tensors";
    }

    @Override
    public Recipe recipe(FoundSet set) {
        if (set.shape().rank() != 2) {
            throw set.refused("Graft makes integers of matrices");
        }
        return set.codes().equals(CompressedParts.PACKED) ? words(set) : bytes(set);
    }

    private static CompressedParts parts(FoundSet set, Part scale) {
        return new CompressedParts(set.shape(), scale.dtype(), scale.shape());
    }

    private static Recipe words(FoundSet set) {
        Part scale = set.known(CompressedParts.SCALE);
        int bits = set.number(CompressedLayout.BITS);
        if (bits != 4 && bits != Byte.SIZE) {
            throw set.refused("Graft makes integers of 4 and 8 bits");
        }
        long columns = set.shape().dimension(1);
        long groups = scale.shape().dimension(1);
        Optional<Part> zero = set.part(CompressedParts.ZERO);
        boolean isSymmetric = zero.isEmpty()
                || ZeroPoints.areMiddle(zero.get(), bits, set.shape().dimension(0));
        if (set.uses("weight_g_idx")) {
            GroupedInputs inputs = GroupedInputs.of(set, "weight_g_idx", groups);
            Integers integers = new Integers(bits, inputs.size(), isSymmetric);
            return parts(set, scale)
                    .words(integers, inputs, set.known(CompressedParts.PACKED).shape());
        }
        int group = groups == 1 ? 0 : Math.toIntExact(columns / groups);
        if (group * bits % Integer.SIZE != 0) {
            throw set.refused("groups of " + group + " values do not fill words");
        }
        return parts(set, scale).words(new Integers(bits, group, isSymmetric));
    }

    private static Recipe bytes(FoundSet set) {
        Part scale = set.known(CompressedParts.SCALE);
        Optional<Part> zero = set.part(CompressedParts.ZERO);
        boolean isSymmetric = zero.isEmpty() || ZeroPoints.areZero(zero.get());
        Shape shape = set.shape();
        FoundSet.Spread spread = set.spread();
        if (spread.isOne() && shape.dimension(0) != 1) {
            if (!isSymmetric) {
                throw set.refused("Graft makes no zero point that holds for all rows");
            }
            return parts(set, scale).bytesWithOneScale();
        }
        int group = spread.columns() == 1 ? 0 : Math.toIntExact(spread.columns());
        long groups = group == 0 ? 1 : shape.dimension(1) / group;
        if (spread.rows() != 1
                || scale.shape().elementCount() != shape.dimension(0) * groups
                || zero.filter(points -> points.dtype() != DType.I8).isPresent()) {
            throw set.refused("Graft makes bytes in groups of a row's values");
        }
        return parts(set, scale).bytes(new Integers(Byte.SIZE, group, isSymmetric));
    }
}
