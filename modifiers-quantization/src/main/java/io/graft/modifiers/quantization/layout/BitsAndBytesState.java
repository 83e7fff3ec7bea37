package io.graft.modifiers.quantization.layout;

import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.checkpoint.layout.Part;
import io.graft.checkpoint.layout.TensorSet;
import io.graft.modifiers.quantization.scheme.Nibbles;
import io.graft.problem.Printable;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the JSON beside codes of four bits says.
 *
 * @param block values that share a scale
 * @param dtype of the values
 * @param nested how scales are stored in 8 bits; empty if they are numbers
 */
public record BitsAndBytesState(Nibbles alphabet, long block, DType dtype, Shape shape, Optional<Nested> nested) {
    static final String KEY = ".quant_state.bitsandbytes__";

    private static final Set<DType> RESULTS = Set.of(DType.BF16, DType.F16, DType.F32);
    private static final long SMALLEST = 32;
    private static final long LARGEST = 4096;

    /**
     * Scales in 8 bits.
     *
     * @param block scales that share one of their own
     * @param offset what they are away from
     */
    public record Nested(long block, float offset) {}

    /** Of a set that {@link BitsAndBytesLayout} has found; empty for int8. */
    public static Optional<BitsAndBytesState> of(TensorSet set) {
        List<Part> states =
                set.parts().stream().filter(part -> part.name().contains(KEY)).toList();
        try {
            return states.isEmpty() ? Optional.empty() : Optional.of(of(set.name(), states));
        } catch (Misfit misfit) {
            return Optional.empty();
        }
    }

    static BitsAndBytesState of(String name, List<Part> states) throws Misfit {
        if (states.size() != 1) {
            throw states.isEmpty()
                    ? Misfit.incomplete("is bitsandbytes 4-bit, and `" + name + KEY + "nf4` is not there")
                    : Misfit.ofShape("has " + states.size() + " descriptions, "
                            + states.stream().map(Part::last).toList());
        }
        Part part = states.get(0);
        String key = part.name().substring(name.length() + KEY.length());
        Map<String, Object> says = Peek.object(part);
        String type = ModelConfiguration.text(says, "quant_type").orElse("");
        if (!type.equals(key)) {
            throw Misfit.ofShape("is " + Printable.of(key) + " by the name of its description, which says `"
                    + Printable.of(type) + "`");
        }
        Nibbles alphabet = Stream.of(Nibbles.values())
                .filter(one -> one.word().equals(type))
                .findFirst()
                .orElseThrow(() -> Misfit.unread(
                        "is stored as " + Printable.of(type) + " of bitsandbytes, which Graft does not read"));
        Optional<DType> dtype = ModelConfiguration.dtype(says, "dtype").filter(RESULTS::contains);
        Optional<Shape> shape = ModelConfiguration.wholes(says, "shape")
                .filter(sizes -> sizes.stream().allMatch(size -> size >= 0))
                .map(Shape::new);
        long block = block(says, "blocksize");
        if (dtype.isEmpty() || shape.isEmpty() || block == 0) {
            throw Misfit.ofShape(
                    "has a description without a shape, a dtype of bfloat16, float16 or float32, and a blocksize"
                            + " that is a power of two from 32 to 4096");
        }
        return new BitsAndBytesState(alphabet, block, dtype.get(), shape.get(), nested(says));
    }

    private static Optional<Nested> nested(Map<String, Object> says) {
        long block = block(says, "nested_blocksize");
        boolean isFloat = ModelConfiguration.text(says, "nested_dtype")
                .filter("float32"::equals)
                .isPresent();
        return block > 0 && isFloat && says.get("nested_offset") instanceof Number offset
                ? Optional.of(new Nested(block, offset.floatValue()))
                : Optional.empty();
    }

    /** 0 for one that bitsandbytes does not have. */
    private static long block(Map<String, Object> says, String key) {
        return ModelConfiguration.whole(says, key)
                .filter(size -> size >= SMALLEST && size <= LARGEST && Long.bitCount(size) == 1)
                .orElse(0L);
    }
}
