package io.graft.modifiers.lora.start;

import io.graft.modifiers.lora.update.Arrangement;
import io.graft.modifiers.lora.update.Factors;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import java.util.Optional;

/**
 * A weight that gets factors.
 *
 * @param name of the weight, which random values follow from
 * @param weight what it holds
 * @param quantization how it was quantized; empty if it was not
 * @param arrangement how the factors lie over it
 * @param groups into how many the channels of a convolution fall; 1 for other layers
 * @param isEmbedding whether it is a table of rows
 * @param rank of the factors
 * @param scale what their product is multiplied by
 * @param seed which random values follow from
 */
public record Site(
        String name,
        LazyTensor weight,
        Optional<Quantization> quantization,
        Arrangement arrangement,
        long groups,
        boolean isEmbedding,
        long rank,
        double scale,
        long seed) {
    /** The same, where another tensor is taken apart. */
    Site with(LazyTensor other) {
        return new Site(name, other, quantization, arrangement, groups, isEmbedding, rank, scale, seed);
    }

    /** The shape of the factor that inputs meet first. */
    public Shape a() {
        return arrangement.a(weight.shape(), rank);
    }

    /** The shape of the other factor. */
    public Shape b() {
        return arrangement.b(weight.shape(), rank / groups);
    }

    /** That of the factors. */
    public DType dtype() {
        return Factors.dtypeFor(weight.dtype());
    }

    /** Whether the weight is that of a linear layer. */
    public boolean isLinear() {
        return !isEmbedding && (arrangement == Arrangement.LINEAR || arrangement == Arrangement.TRANSPOSED);
    }

    /** The highest rank that an update of the weight can have. */
    public long highestRank() {
        Shape one = arrangement.a(weight.shape(), 1);
        long ranks = arrangement.ranks(weight.shape());
        return Math.min(
                groups * one.elementCount() / ranks,
                arrangement.b(weight.shape(), 1).dimension(0));
    }
}
