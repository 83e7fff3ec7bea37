package io.graft.modifiers.lora;

import io.graft.checkpoint.TensorEntry;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The factors of one update, as the adapter has them.
 *
 * @param module the path in the adapter of the module that it is of, without what PEFT adds
 * @param target the module that the adapter's lists name: the same, or the one that it is a part of
 * @param depth how many more updates PEFT has put around this one
 * @param isEmbedding whether it is an embedding, whose factors are those of the transposed weight
 * @param a its first axis is the rank; that of all experts, if it is of several
 * @param b its first axis is that of the outputs
 * @param bias {@code [out]}, what is added to the module's bias
 * @param magnitude a number for each output, if the update gives the direction of the weights only
 */
record LowRank(
        String module,
        String target,
        int depth,
        boolean isEmbedding,
        TensorEntry a,
        TensorEntry b,
        Optional<TensorEntry> bias,
        Optional<TensorEntry> magnitude) {
    /** Whether the two may be factors of one update. */
    boolean isPair() {
        Shape left = a.shape();
        Shape right = b.shape();
        if (left.rank() < 2 || right.rank() != left.rank()) {
            return false;
        }
        return left.rank() == 2
                ? left.dimension(0) == right.dimension(1)
                : left.dimension(0) % right.dimension(1) == 0
                        && right.dimensions().subList(2, right.rank()).stream().allMatch(size -> size == 1);
    }

    /** The ways in which the factors may lie over a weight of a shape; none if they do not fit it. */
    List<Arrangement> arrangements(Shape weight) {
        return Arrays.stream(Arrangement.values())
                .filter(way -> way.fits(a.shape(), b.shape(), weight))
                .filter(way -> !isEmbedding || way == Arrangement.TRANSPOSED)
                .toList();
    }

    /**
     * How often the update counts. PEFT adds that of the output projection inside PyTorch's attention twice, in training as in
     * merging, so that this is what the adapter has learnt.
     */
    int times() {
        return module.equals(target) ? 1 : 2;
    }

    /** The dtypes of everything that is added to the weight. */
    Stream<DType> dtypes() {
        return Stream.concat(Stream.of(a, b), magnitude.stream()).map(TensorEntry::dtype);
    }
}
