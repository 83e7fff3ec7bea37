package io.graft.modifiers.quantization.layout;

import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.slice;
import static io.graft.tensor.expression.Expressions.subtract;

import com.google.auto.service.AutoService;
import io.graft.checkpoint.layout.CheckpointLayout;
import io.graft.checkpoint.layout.Grouping;
import io.graft.checkpoint.layout.Part;
import io.graft.checkpoint.layout.StoredTensors;
import io.graft.modifiers.quantization.layout.Scales.Spread;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Integers of compressed-tensors: of 1 to 8 bits in the words of {@code weight_packed}, or bytes in {@code weight}, with scales, and
 * perhaps zero points, for the tensor, a row or a group. The value is of the dtype of the scale.
 */
@AutoService(CheckpointLayout.class)
// A compiler that does not find AutoService leaves its annotation out.
@SuppressWarnings("exports")
public final class CompressedLayout implements CheckpointLayout {
    private static final Set<DType> CODES = Set.of(DType.I32, DType.I8);
    private static final Set<DType> SCALES = Set.of(DType.BF16, DType.F16, DType.F32);

    /** The setting that tells the bits of a code in words. */
    public static final String BITS = "num_bits";

    /** As {@link java.util.ServiceLoader} needs it. */
    public CompressedLayout() {}

    @Override
    public String id() {
        return "compressed-tensors";
    }

    @Override
    public Grouping group(StoredTensors stored) {
        if (Collections.disjoint(stored.dtypes(), CODES)) {
            return Grouping.NONE;
        }
        Quantization quantization = Quantization.of(stored.configuration());
        Predicate<Part> ofComfy = ComfyLayout.claims(stored);
        Findings found = new Findings("integers with scales", stored, quantization);
        for (Part part : stored.all()) {
            Optional<Part> scale = stored.find(
                            part.last().equals("weight_packed") ? part.sibling("weight_scale") : part.name() + "_scale")
                    .filter(each -> SCALES.contains(each.dtype()));
            if (scale.isEmpty() || ofComfy.test(part)) {
                continue;
            }
            DType dtype = scale.get().dtype();
            if (part.dtype() == DType.I32 && part.last().equals("weight_packed")) {
                found.add(new Weight(stored, id(), "packed integers", part.sibling("weight"), part, dtype)
                        .with(found.activations(part))
                        .set(weight -> packed(weight, scale.get(), quantization, found)));
            } else if (part.dtype() == DType.I8 && !part.name().endsWith("_weight_qdata")) {
                found.add(new Weight(stored, id(), "int8", part.name(), part, dtype)
                        .with(found.activations(part))
                        .set(weight -> bytes(weight, scale.get(), quantization)));
            }
        }
        return found.grouping();
    }

    private static Expression bytes(Weight weight, Part scale, Quantization quantization) throws Misfit {
        Part codes = weight.codes();
        weight.take(scale.name());
        Optional<Part> zero = weight.take(codes.name() + "_zero_point");
        requireZero(zero.isPresent(), codes.name() + "_zero_point", quantization);
        Spread spread = new Scales(codes, scale, quantization.block()).spread(weight.name());
        weight.is("int8, " + spread.words(), scale.dtype(), codes.shape());
        Expression numbers = weight.leaf(codes);
        if (zero.isPresent()) {
            if (zero.get().dtype() != DType.I8) {
                throw Misfit.ofShape("has zero points that are " + zero.get().dtype() + ", and codes that are I8");
            }
            weight.requireShape(zero.get(), scale.shape());
            Expression points = new Scales(codes, zero.get(), quantization.block())
                    .spread(weight.name())
                    .scales();
            spread.ofBytes(numbers, points).ifPresent(weight::are);
            numbers = subtract(numbers, points);
        } else {
            spread.ofBytes(numbers).ifPresent(weight::are);
        }
        return Scales.product(numbers, spread.scales(), scale.dtype());
    }

    private static void requireZero(boolean isThere, String name, Quantization quantization) throws Misfit {
        if (!isThere && quantization.isSymmetric().filter(is -> !is).isPresent()) {
            throw Misfit.incomplete("has no `" + name + "`, and config.json says that the integers are not symmetric");
        }
    }

    private static Expression packed(Weight weight, Part scale, Quantization quantization, Findings found)
            throws Misfit {
        Part codes = weight.codes();
        weight.take(scale.name());
        int last = codes.shape().rank() - 1;
        if (last < 1) {
            throw Misfit.ofShape("is packed integers of the shape " + codes.shape() + ", which is no matrix");
        }
        long rows = codes.shape().dimension(last - 1);
        Optional<Part> shape = weight.find("weight_shape");
        Optional<Part> zero = weight.find("weight_zero_point");
        Optional<Part> index = weight.find("weight_g_idx");
        requireZero(zero.isPresent(), codes.sibling("weight_zero_point"), quantization);
        Packed packed = shape.isPresent()
                ? Packed.of(shape.get(), codes.shape(), quantization)
                : Packed.of(codes, quantization, found);
        Shape logical = codes.shape().with(last, packed.columns());
        weight.is(packed.bits() + "-bit integers", scale.dtype(), logical);
        weight.has(BITS, packed.bits());
        int rank = scale.shape().rank();
        long groups = rank == 0 ? 0 : scale.shape().dimension(rank - 1);
        weight.requireShape(scale, logical.with(last, groups));
        Groups columns = groups(weight, index, groups, packed.columns());
        weight.is(packed.bits() + "-bit integers, " + columns.words(), scale.dtype(), logical);
        Expression numbers = packed.numbers(weight.leaf(codes));
        Expression points = constant(1 << (packed.bits() - 1));
        if (zero.isPresent()) {
            weight.requireShape(
                    zero.get(),
                    scale.shape().with(last - 1, Groups.count(Math.multiplyExact(rows, packed.bits()), Integer.SIZE)));
            points = CompressedValue.zeroPoints(weight.leaf(zero.get()), packed.bits(), rows);
            Expression ofGroups = points;
            Affine.of(numbers, packed.bits(), columns, weight.leaf(scale))
                    .ifPresent(affine -> weight.are(affine.lessPoints(ofGroups)));
        } else if (last == 1 && columns.index().isEmpty()) {
            Expression signed = CompressedValue.signed(numbers, packed.bits());
            weight.are(CompressedValue.integers(signed, Affine.width(packed.bits()), weight.leaf(scale)));
        }
        return CompressedValue.product(numbers, points, weight.leaf(scale), columns, scale.dtype());
    }

    private static Groups groups(Weight weight, Optional<Part> index, long groups, long columns) throws Misfit {
        Groups even = Groups.even(groups, columns);
        if (index.isEmpty()
                || Peek.wholes(index.get()).filter(CompressedLayout::isNoOrder).isPresent()) {
            return even;
        }
        Groups order = Groups.of(weight, index.get(), groups, columns);
        long[] sizes = new long[Math.toIntExact(groups)];
        for (long group : Peek.wholes(index.get()).orElseThrow()) {
            sizes[(int) group]++;
        }
        // The reference sorts columns by their groups and cuts equal pieces, which is another weight where they differ.
        if (Arrays.stream(sizes).anyMatch(size -> size != even.size())) {
            throw Misfit.ofShape(
                    "has groups of different sizes in `" + index.get().name() + "`");
        }
        return order;
    }

    private static boolean isNoOrder(long... index) {
        return Arrays.stream(index).anyMatch(group -> group == -1);
    }

    /**
     * How codes lie in words.
     *
     * @param columns of the weight
     * @param dense whether codes go on from one word to the next; else the highest bits of each are not used
     */
    private record Packed(int bits, long columns, boolean dense) {
        /** By the shape that is stored beside them. */
        static Packed of(Part stored, Shape words, Quantization quantization) throws Misfit {
            long[] sizes = Peek.wholes(stored).orElse(new long[0]);
            int rank = words.rank();
            long columns = sizes.length < 2 ? 0 : sizes[sizes.length - 1];
            long inRow = words.dimension(rank - 1);
            if (columns < 1 || sizes[sizes.length - 2] != words.dimension(rank - 2) || columns > inRow * Integer.SIZE) {
                throw Misfit.ofShape("has the shape " + Arrays.toString(sizes) + " in `" + stored.name()
                        + "`, which does not fit words of " + words);
            }
            Optional<Long> said = quantization.bits();
            for (int bits = 1; bits <= Byte.SIZE; bits++) {
                boolean isMeant = said.isEmpty() || said.get() == bits;
                long loose = Groups.count(columns, Integer.SIZE / bits);
                boolean isDense = Groups.count(columns * bits, Integer.SIZE) == inRow;
                if (isMeant && (isDense || loose == inRow)) {
                    return decided(bits, columns, isDense, isDense && loose == inRow, said, inRow);
                }
            }
            throw Misfit.ofConfiguration(
                    "has " + inRow + " words in a row for " + columns + " codes, and config.json says "
                            + said.map(bits -> bits + " bits").orElse("no bits"));
        }

        private static Packed decided(
                int bits, long columns, boolean isDense, boolean isBoth, Optional<Long> said, long words)
                throws Misfit {
            if (isBoth && Integer.SIZE % bits != 0) {
                throw Misfit.ofShape("has codes of " + bits + " bits in rows of " + columns + ", which lie in " + words
                        + " words with gaps and without: which, is not told");
            }
            if (said.isEmpty() && !isDense) {
                throw Misfit.ofConfiguration("has " + words + " words in a row for " + columns
                        + " codes, and config.json does not say how many bits they have");
            }
            return new Packed(bits, columns, isDense);
        }

        /** Without a shape, as exports in shards have them. */
        static Packed of(Part codes, Quantization quantization, Findings found) throws Misfit {
            int bits = Math.toIntExact(quantization
                    .bits()
                    .filter(each -> Integer.SIZE % each == 0)
                    .orElseThrow(() -> Misfit.incomplete("is packed integers, `" + codes.sibling("weight_shape")
                            + "` is not there, and config.json says no bits that divide a word")));
            found.note("packed integers without weight_shape fill their words");
            int last = codes.shape().rank() - 1;
            return new Packed(bits, Math.multiplyExact(codes.shape().dimension(last), Integer.SIZE / bits), true);
        }

        Expression numbers(Expression words) {
            if (dense) {
                return Codes.lowFirst(words, bits, columns);
            }
            int last = words.shape().rank() - 1;
            long all = words.shape().dimension(last) * (Integer.SIZE / bits);
            Expression codes =
                    reshape(Codes.ofEach(words, bits, false), words.shape().with(last, all));
            return slice(codes, last, 0, columns);
        }
    }
}
