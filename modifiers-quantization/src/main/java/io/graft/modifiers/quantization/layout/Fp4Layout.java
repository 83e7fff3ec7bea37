package io.graft.modifiers.quantization.layout;

import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.divide;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.repeat;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.transpose;

import com.google.auto.service.AutoService;
import io.graft.checkpoint.layout.CheckpointLayout;
import io.graft.checkpoint.layout.Grouping;
import io.graft.checkpoint.layout.Part;
import io.graft.checkpoint.layout.StoredTensors;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Numbers of four bits (E2M1), two in a byte, with a scale for some columns: MXFP4 as gpt-oss and compressed-tensors store it and as
 * the experts of DeepSeek-V4 have it, NVFP4 of ModelOpt and of compressed-tensors. The one multiplies by the scale of the tensor, the
 * other divides by it: the names tell.
 */
@AutoService(CheckpointLayout.class)
// A compiler that does not find AutoService leaves its annotation out.
@SuppressWarnings("exports")
public final class Fp4Layout implements CheckpointLayout {
    private static final Set<DType> CODES = Set.of(DType.U8, DType.I8);
    private static final String BLOCKS = "_blocks";
    private static final String SCALES = "_scales";
    private static final long MX = 32;
    private static final long NV = 16;
    private static final String NVFP4 = "NVFP4, groups of 16";
    private static final String MXFP4 = "MXFP4, groups of 32";

    /** As {@link java.util.ServiceLoader} needs it. */
    public Fp4Layout() {}

    @Override
    public String id() {
        return "fp4";
    }

    @Override
    public Grouping group(StoredTensors stored) {
        if (Collections.disjoint(stored.dtypes(), CODES)) {
            return Grouping.NONE;
        }
        Quantization quantization = Quantization.of(stored.configuration());
        Predicate<Part> ofComfy = ComfyLayout.claims(stored);
        Findings found = new Findings("FP4 codes with scales", stored, quantization);
        for (Part part : stored.all()) {
            if (!ofComfy.test(part)) {
                find(part, stored, quantization.dtype(), found);
            }
        }
        return found.grouping();
    }

    private void find(Part part, StoredTensors stored, DType dtype, Findings found) {
        Optional<Part> scale = stored.sibling(part, "weight_scale");
        if (part.dtype() == DType.U8 && part.name().endsWith(BLOCKS)) {
            String name = part.name().substring(0, part.name().length() - BLOCKS.length());
            if (stored.find(name + SCALES).isPresent()) {
                found.add(new Weight(stored, id(), MXFP4, name, part, dtype).set(self -> experts(self, dtype)));
            }
        } else if (part.dtype() == DType.U8 && part.last().equals("weight_packed") && scale.isPresent()) {
            boolean isMx = scale.get().dtype() == DType.U8;
            found.add(new Weight(stored, id(), isMx ? MXFP4 : NVFP4, part.sibling("weight"), part, dtype)
                    .with(found.activations(part))
                    .set(self -> isMx
                            ? microscaled(self, self.require("weight_scale"), dtype)
                            : scaled(self, "weight_global_scale", dtype)));
        } else if (part.dtype() == DType.U8
                && part.last().equals("weight")
                && scale.isPresent()
                && stored.sibling(part, "weight_scale_2").isPresent()) {
            found.add(new Weight(stored, id(), NVFP4, part.name(), part, dtype)
                    .with(found.activations(part))
                    .set(self -> scaled(self, "weight_scale_2", dtype)));
        } else if (part.dtype() == DType.I8
                && part.last().equals("weight")
                && stored.sibling(part, "scale")
                        .filter(exponents -> exponents.dtype() == DType.F8_E8M0)
                        .isPresent()) {
            found.add(new Weight(stored, id(), MXFP4, part.name(), part, dtype)
                    .set(self -> microscaled(self, self.require("scale"), dtype)));
        }
    }

    /** {@code [experts, out, groups, 16]} bytes, which are {@code [experts, in, out]} numbers. */
    private static Expression experts(Weight weight, DType dtype) throws Misfit {
        Shape blocks = weight.codes().shape();
        if (blocks.rank() != 4 || blocks.dimension(3) != MX / 2) {
            throw Misfit.ofShape("is MXFP4 of the shape " + blocks + ", which is not [experts, out, groups, 16]");
        }
        Part scales = weight.take(weight.name() + SCALES).orElseThrow();
        long experts = blocks.dimension(0);
        long out = blocks.dimension(1);
        long groups = blocks.dimension(2);
        weight.is(MXFP4, dtype, Shape.of(experts, Math.multiplyExact(groups, MX), out));
        weight.requireShape(scales, Shape.of(experts, out, groups));
        Expression codes = Codes.lowFirst(
                reshape(weight.leaf(weight.codes()), Shape.of(experts, out, groups * MX / 2)), 4, groups * MX);
        Expression powers = Codes.powers(transpose(exponents(weight, scales)));
        return cast(multiply(Codes.e2m1OfCodes(transpose(codes)), repeat(powers, 1, MX, groups * MX)), dtype);
    }

    private static Expression microscaled(Weight weight, Part scale, DType dtype) throws Misfit {
        long columns = matrix(weight, MXFP4, dtype);
        weight.requireShape(scale, grid(weight, columns, MX));
        Expression powers = scale.dtype() == DType.U8 ? Codes.powers(exponents(weight, scale)) : weight.leaf(scale);
        return cast(multiply(Codes.e2m1(weight.leaf(weight.codes())), Codes.spread(powers, MX, columns)), dtype);
    }

    private static Expression exponents(Weight weight, Part scale) throws Misfit {
        if (scale.dtype() != DType.U8) {
            throw Misfit.ofShape("has scales that are " + scale.dtype() + ", and MXFP4 has exponents in bytes");
        }
        return weight.leaf(scale);
    }

    /**
     * With a scale of the tensor besides.
     *
     * @param whole the last name of that
     */
    private static Expression scaled(Weight weight, String whole, DType dtype) throws Misfit {
        long columns = matrix(weight, NVFP4, dtype);
        Part scale = weight.require("weight_scale");
        Part of = weight.require(whole);
        if (scale.dtype() != DType.F8_E4M3
                || of.dtype() != DType.F32
                || of.shape().elementCount() != 1) {
            throw Misfit.ofShape("has `" + scale.name() + "` of " + scale.dtype() + " and `" + of.name() + "` of "
                    + of.dtype() + " " + of.shape() + ", and NVFP4 has F8_E4M3 and one F32");
        }
        Shape grid = grid(weight, columns, NV);
        if (!scale.shape().equals(grid)) {
            throw Misfit.unread("has scales of the shape " + scale.shape() + " where " + grid
                    + " is wanted: in the order of a kernel, they are not read");
        }
        Expression tensor = reshape(weight.leaf(of), Shape.SCALAR);
        Expression scales = whole.equals("weight_scale_2")
                ? multiply(weight.leaf(scale), tensor)
                : divide(weight.leaf(scale), tensor);
        return cast(multiply(Codes.e2m1(weight.leaf(weight.codes())), Codes.spread(scales, NV, columns)), dtype);
    }

    /** Numbers in a row. */
    private static long matrix(Weight weight, String scheme, DType dtype) throws Misfit {
        Shape shape = weight.codes().shape();
        if (shape.rank() < 2) {
            throw Misfit.ofShape("is " + scheme + " of the shape " + shape + ", which is no matrix");
        }
        int last = shape.rank() - 1;
        long columns = Math.multiplyExact(shape.dimension(last), 2L);
        weight.is(scheme, dtype, shape.with(last, columns));
        return columns;
    }

    private static Shape grid(Weight weight, long columns, long group) {
        Shape shape = weight.codes().shape();
        return shape.with(shape.rank() - 1, columns / group + (columns % group == 0 ? 0 : 1));
    }
}
