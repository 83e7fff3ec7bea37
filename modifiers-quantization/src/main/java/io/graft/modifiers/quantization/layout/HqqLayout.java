package io.graft.modifiers.quantization.layout;

import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.permute;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.slice;
import static io.graft.tensor.expression.Expressions.subtract;

import com.google.auto.service.AutoService;
import io.graft.checkpoint.layout.CheckpointLayout;
import io.graft.checkpoint.layout.Grouping;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.checkpoint.layout.Part;
import io.graft.checkpoint.layout.StoredTensors;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * HQQ: the weight cut into groups, the codes of the first half of which lie in the high bits of {@code W_q} and those of the second
 * in the low ones (quarters of 2 bits, eighths of 1; tenths of 3 in words), with a {@code scale} and a {@code zero} that is no whole
 * number. The difference is rounded before it is multiplied.
 */
@AutoService(CheckpointLayout.class)
// A compiler that does not find AutoService leaves its annotation out.
@SuppressWarnings("exports")
public final class HqqLayout implements CheckpointLayout {
    private static final List<String> DESCRIPTION = List.of(
            "nbits",
            "group_size",
            "shape",
            "axis",
            "packing",
            "unpack_view_dtype",
            "view_as_float",
            "quant_zero",
            "quant_scale",
            "compute_dtype",
            "offload_meta",
            "channel_wise",
            "optimize",
            "round_zero",
            "encoded_state_dict",
            "stores_quant_config");
    private static final Set<DType> WORDS = Set.of(DType.U8, DType.I32);

    /** As {@link java.util.ServiceLoader} needs it. */
    public HqqLayout() {}

    @Override
    public String id() {
        return "hqq";
    }

    @Override
    public Grouping group(StoredTensors stored) {
        Quantization quantization = Quantization.of(stored.configuration());
        Findings found = new Findings("codes of HQQ", stored, quantization);
        for (Part part : stored.called("W_q")) {
            if (WORDS.contains(part.dtype())) {
                found.add(new Weight(stored, id(), "HQQ", part.sibling("weight"), part, quantization.dtype())
                        .set(HqqLayout::value));
            }
        }
        return found.grouping();
    }

    private static Expression value(Weight weight) throws Misfit {
        Part codes = weight.codes();
        DESCRIPTION.forEach(weight::find);
        if (weight.find("zero_q").isPresent()
                || weight.find("scale_q").isPresent()
                || weight.find("meta_zero").isPresent()
                || weight.find("meta_scale").isPresent()) {
            throw Misfit.unread("is HQQ whose scales or zero points are codes themselves, which Graft does not read");
        }
        Part scale = weight.require("scale");
        Part zero = weight.require("zero");
        DType dtype = weight.find("compute_dtype")
                .flatMap(part ->
                        ModelConfiguration.dtype(Map.of("dtype", Peek.text(part).replace("torch.", "")), "dtype"))
                .orElse(DType.F16);
        int bits = Math.toIntExact(number(weight, "nbits"));
        long axis = number(weight, "axis");
        long size = number(weight, "group_size");
        Shape shape = Peek.wholes(weight.require("shape"))
                .filter(sizes -> sizes.length == 2 && Arrays.stream(sizes).allMatch(each -> each > 0))
                .map(Shape::of)
                .orElseThrow(() -> Misfit.ofShape("is HQQ, and `" + codes.sibling("shape") + "` holds no shape"));
        weight.is("HQQ, " + bits + " bits", dtype, shape);
        long count = shape.elementCount();
        if (size < 1 || count % size != 0 || axis < 0 || axis > 1) {
            throw Misfit.ofShape("has groups of " + size + " along axis " + axis + ", which do not divide " + shape);
        }
        weight.is("HQQ, " + bits + " bits, groups of " + size, dtype, shape);
        Shape flat = axis == 1 ? Shape.of(count / size, size) : Shape.of(size, count / size);
        Shape scales = axis == 1 ? Shape.of(count / size, 1) : Shape.of(1, count / size);
        weight.requireShape(scale, scales);
        weight.requireShape(zero, scales);
        Expression numbers = numbers(weight, bits, flat);
        if (axis == 1) {
            long columns = shape.dimension(1);
            Shape grid = Shape.of(shape.dimension(0), columns / size);
            Groups spread = Groups.of(size, columns);
            if (columns % size == 0) {
                Affine.of(reshape(numbers, shape), bits, spread, reshape(weight.leaf(scale), grid))
                        .ifPresent(affine -> weight.are(affine.lessPoints(reshape(weight.leaf(zero), grid))));
            }
        }
        Expression differences = cast(subtract(numbers, weight.leaf(zero)), dtype);
        return reshape(cast(multiply(differences, weight.leaf(scale)), dtype), shape);
    }

    private static long number(Weight weight, String last) throws Misfit {
        Part part = weight.require(last);
        return Peek.whole(part)
                .orElseThrow(() -> Misfit.ofShape("is HQQ, and `" + part.name() + "` holds no whole number"));
    }

    /** Codes of rows that lie as many rows apart as there are rows of words. */
    private static Expression numbers(Weight weight, int bits, Shape flat) throws Misfit {
        Part codes = weight.codes();
        boolean isThree = bits == 3 && codes.dtype() == DType.I32;
        if (!isThree && (codes.dtype() != DType.U8 || bits < 1 || bits > Byte.SIZE || Byte.SIZE % bits != 0)) {
            throw Misfit.unread("is HQQ of " + bits + " bits in " + codes.dtype() + ", which Graft does not read");
        }
        int each = isThree ? 10 : Byte.SIZE / bits;
        long rows = Groups.count(flat.dimension(0), each);
        if (!isThree && flat.dimension(0) % each != 0) {
            throw Misfit.ofShape("has " + flat.dimension(0) + " rows of codes, which do not fill bytes of " + each);
        }
        weight.requireShape(codes, Shape.of(rows, flat.dimension(1)));
        Expression fields = Codes.ofEach(weight.leaf(codes), bits, !isThree);
        Expression ordered = isThree ? Codes.reversed(fields, each) : fields;
        Expression parts = reshape(permute(ordered, 2, 0, 1), Shape.of(rows * each, flat.dimension(1)));
        return parts.shape().equals(flat) ? parts : slice(parts, 0, 0, flat.dimension(0));
    }
}
