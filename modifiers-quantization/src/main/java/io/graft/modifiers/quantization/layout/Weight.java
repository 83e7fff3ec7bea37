package io.graft.modifiers.quantization.layout;

import static io.graft.tensor.expression.Expressions.reshape;

import io.graft.checkpoint.layout.IntegerCodes;
import io.graft.checkpoint.layout.Part;
import io.graft.checkpoint.layout.StoredTensors;
import io.graft.checkpoint.layout.TensorSet;
import io.graft.checkpoint.layout.TensorSet.Refusal;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One weight while its stored tensors are put together; what is known of it so far goes into a refusal. */
final class Weight {
    private final StoredTensors stored;
    private final String layout;
    private final String name;
    private final Part codes;
    private final Map<String, Part> parts = new LinkedHashMap<>();
    private String scheme;
    private DType dtype;
    private Shape shape;
    private Optional<IntegerCodes> integers = Optional.empty();
    private final Map<String, String> settings = new TreeMap<>();

    /**
     * @param scheme how the values are stored, as far as is known
     * @param name of the logical tensor
     * @param dtype of its values, as far as is known
     */
    Weight(StoredTensors stored, String layout, String scheme, String name, Part codes, DType dtype) {
        this.stored = stored;
        this.layout = layout;
        this.scheme = scheme;
        this.name = name;
        this.codes = codes;
        this.dtype = dtype;
        this.shape = codes.shape();
        parts.put(codes.name(), codes);
    }

    /** Says what a weight is in terms of its parts. */
    @FunctionalInterface
    interface Value {
        /**
         * The value.
         *
         * @throws Misfit if the parts do not fit together
         */
        Expression of(Weight weight) throws Misfit;
    }

    String name() {
        return name;
    }

    Part codes() {
        return codes;
    }

    /** A stored tensor of the same module, if it is there; it belongs to the weight from now on. */
    Optional<Part> find(String last) {
        return take(codes.sibling(last));
    }

    /** A stored tensor, if it is there; it belongs to the weight from now on. */
    Optional<Part> take(String stored) {
        Optional<Part> part = this.stored.find(stored);
        part.ifPresent(found -> parts.put(found.name(), found));
        return part;
    }

    /** A stored tensor without which there is no weight. */
    Part require(String last) throws Misfit {
        return find(last)
                .orElseThrow(
                        () -> Misfit.incomplete("is " + scheme + ", and `" + codes.sibling(last) + "` is not there"));
    }

    /** What goes along with the weight. */
    Weight with(Collection<Part> others) {
        others.forEach(other -> parts.put(other.name(), other));
        return this;
    }

    /** What became known of it. */
    void is(String otherScheme, DType otherDtype, Shape otherShape) {
        scheme = otherScheme;
        dtype = otherDtype;
        shape = otherShape;
    }

    /** What the value is made of, for layers that multiply with integers. */
    void are(IntegerCodes codes) {
        integers = Optional.of(codes);
    }

    /** How its parts are meant, as its configuration says it. */
    void has(String key, Object value) {
        settings.put(key, value.toString());
    }

    Expression leaf(Part part) {
        return TensorSet.leaf(name, part);
    }

    /** The bytes of a stored tensor, whatever it says that they are. */
    Expression bytes(Part part) {
        Shape flat = Shape.of(part.data().byteCount());
        Expression.Owned leaf = (Expression.Owned) leaf(part);
        return part.dtype() == DType.U8 ? reshape(leaf, flat) : new Expression.Owned(leaf.slot(), flat, DType.U8);
    }

    /** Holds the shape of a part to what it must be. */
    void requireShape(Part part, Shape wanted) throws Misfit {
        if (!part.shape().equals(wanted)) {
            throw Misfit.ofShape("is " + scheme + " of " + shape + ", and `" + part.name() + "` is " + part.dtype()
                    + " " + part.shape() + " where " + wanted + " is wanted");
        }
    }

    /** The set, which is refused if its parts do not fit together. */
    TensorSet set(Value value) {
        try {
            Expression expression = value.of(this);
            TensorSet set = TensorSet.of(layout, scheme, name, List.copyOf(parts.values()), expression)
                    .with(settings);
            return integers.map(set::with).orElse(set);
        } catch (Misfit misfit) {
            return refused(misfit.refusal());
        } catch (IllegalArgumentException | ArithmeticException misfit) {
            return refused(
                    Misfit.ofShape("is " + scheme + " whose parts do not fit together (" + misfit.getMessage() + ")")
                            .refusal());
        }
    }

    private TensorSet refused(Refusal refusal) {
        return TensorSet.refused(layout, scheme, name, dtype, shape, List.copyOf(parts.values()), refusal);
    }
}
