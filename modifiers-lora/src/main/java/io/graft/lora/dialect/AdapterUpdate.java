package io.graft.lora.dialect;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The tensors of one low-rank update.
 *
 * @param path the module, with the wrappers of PEFT in it
 * @param isEmbedding whether the two are those of an embedding, whose weight they update transposed
 * @param a its first axis is the rank; that of all experts, if it is of several
 * @param b its first axis is that of the outputs
 * @param bias what is added to the module's bias
 * @param magnitude a number for each output, if the update gives the direction of the weights only
 */
public record AdapterUpdate(
        String path,
        boolean isEmbedding,
        AdapterTensor a,
        AdapterTensor b,
        Optional<AdapterTensor> bias,
        Optional<AdapterTensor> magnitude) {
    private static final Pattern WRAPPER = Pattern.compile("\\.(base_layer|token_adapter)(?=\\.|$)");

    /** One of a linear layer or convolution, without more. */
    public static AdapterUpdate of(AdapterTensor a, AdapterTensor b) {
        return new AdapterUpdate(a.module(), false, a, b, Optional.empty(), Optional.empty());
    }

    /** A name without the wrappers that PEFT puts around a module. */
    public static String withoutWrappers(String name) {
        return WRAPPER.matcher(name).replaceAll("");
    }

    /** The module's path. */
    public String module() {
        return withoutWrappers(path);
    }

    /** The module that the adapter's lists and patterns know it by: the same, or the one that it is a part of. */
    public String target() {
        return WRAPPER.split(path, 2)[0];
    }

    /** How many more updates PEFT has put around this one. */
    public int depth() {
        return (int) WRAPPER.matcher(path).results().count();
    }

    /** The length of the first axis of {@code A}. */
    public long rank() {
        return a.shape().dimension(0);
    }

    /** Whether the two may be factors of one update. */
    public boolean isPair() {
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

    /** The dtypes of everything that changes the weight. */
    public Stream<DType> dtypes() {
        return Stream.concat(Stream.of(a, b), magnitude.stream()).map(AdapterTensor::dtype);
    }

    /** All its tensors. */
    public List<AdapterTensor> tensors() {
        List<AdapterTensor> all = new ArrayList<>(List.of(a, b));
        bias.ifPresent(all::add);
        magnitude.ifPresent(all::add);
        return all;
    }
}
