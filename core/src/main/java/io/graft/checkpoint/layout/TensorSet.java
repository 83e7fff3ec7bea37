package io.graft.checkpoint.layout;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Stored tensors that are one logical tensor.
 *
 * @param layout the layout's id
 * @param scheme how the values are stored, for people: {@code FP8, blocks of [128, 128]}
 * @param name of the logical tensor
 * @param dtype the dtype that its values are rounded to
 * @param shape of the logical tensor
 * @param parts every stored tensor that belongs to it, codes first. What has no part in the value, such as the scale of activations,
 *     is among them: it stays with the set, and goes with it
 * @param value what the tensor is, in terms of {@linkplain Expression.Owned owned} tensors by {@link #slot}; empty if it cannot be read.
 *     Sets of one kind, with slots, shapes and dtypes alike, may share one
 * @param codes the integers that the value is made of, where layers may multiply with them; empty if it is not, or not of so many bits
 * @param settings how the parts are meant, by the keys and with the values that the layout's configuration has for it, as far as it does
 *     not follow from the value: {@code checkpoint_format} of GPTQ
 * @param refusal why it cannot be read, and what to do; empty if it can
 */
public record TensorSet(
        String layout,
        String scheme,
        String name,
        DType dtype,
        Shape shape,
        List<Part> parts,
        Optional<Expression> value,
        Optional<IntegerCodes> codes,
        Map<String, String> settings,
        Optional<Refusal> refusal) {
    /**
     * Why values cannot be had.
     *
     * @param reason what is wrong, as a sentence that goes on after the tensor's name and a colon
     * @param help what to do; may be empty
     */
    public record Refusal(String reason, String help) {}

    public TensorSet {
        parts = List.copyOf(parts);
        settings = Map.copyOf(settings);
        if (value.isPresent() == refusal.isPresent()) {
            throw new IllegalArgumentException("`" + name + "` must have a value or a refusal, and not both");
        }
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("`" + name + "` has no stored tensors");
        }
        for (Part part : parts) {
            requireBeside(name, part);
        }
        if (!dtype.isFloatingPoint() || dtype.bits() < Short.SIZE) {
            throw new IllegalArgumentException(
                    "`" + name + "` cannot be " + dtype + ": what codes stand for is rounded to 16 bits or more");
        }
        value.ifPresent(expression -> require(expression, name, dtype, shape));
    }

    private static void require(Expression value, String name, DType dtype, Shape shape) {
        if (value.dtype() != dtype || !value.shape().equals(shape)) {
            throw new IllegalArgumentException("`" + name + "` is to be " + dtype + " " + shape
                    + ", and its expression gives " + value.dtype() + " " + value.shape());
        }
    }

    /**
     * A set that can be read.
     *
     * @throws IllegalArgumentException if a part is in no place beside the logical tensor
     */
    public static TensorSet of(String layout, String scheme, String name, Collection<Part> parts, Expression value) {
        return new TensorSet(
                layout,
                scheme,
                name,
                value.dtype(),
                value.shape(),
                List.copyOf(parts),
                Optional.of(value),
                Optional.empty(),
                Map.of(),
                Optional.empty());
    }

    /** The same, with which layers may multiply as integers. */
    public TensorSet with(IntegerCodes integers) {
        return new TensorSet(
                layout, scheme, name, dtype, shape, parts, value, Optional.of(integers), settings, refusal);
    }

    /** The same, with how its parts are meant. */
    public TensorSet with(Map<String, String> otherSettings) {
        return new TensorSet(layout, scheme, name, dtype, shape, parts, value, codes, otherSettings, refusal);
    }

    /** A set that is known, and cannot be read. */
    public static TensorSet refused(
            String layout,
            String scheme,
            String name,
            DType dtype,
            Shape shape,
            Collection<Part> parts,
            Refusal refusal) {
        return new TensorSet(
                layout,
                scheme,
                name,
                dtype,
                shape,
                List.copyOf(parts),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Optional.of(refusal));
    }

    /** The same, which cannot be read for another reason. */
    public TensorSet refused(Refusal other) {
        return new TensorSet(
                layout,
                scheme,
                name,
                dtype,
                shape,
                parts,
                Optional.empty(),
                Optional.empty(),
                settings,
                Optional.of(other));
    }

    /** A stored tensor as a leaf of the value of a logical tensor. */
    public static Expression leaf(String logical, Part part) {
        return new Expression.Owned(slot(logical, part), part.shape(), part.dtype());
    }

    /** The names of its parts. */
    public List<String> names() {
        return parts.stream().map(Part::name).toList();
    }

    /** What a part is called in the set: its name after the module of the logical tensor, as {@code weight_scale} or {@code weight.absmax}. */
    public String slot(Part part) {
        return slot(name, part);
    }

    private static String slot(String logical, Part part) {
        requireBeside(logical, part);
        return part.name().substring(logical.lastIndexOf('.') + 1);
    }

    private static void requireBeside(String logical, Part part) {
        if (!part.name().regionMatches(0, logical, 0, logical.lastIndexOf('.') + 1)) {
            throw new IllegalArgumentException("`" + part.name() + "` does not lie beside `" + logical + "`");
        }
    }
}
