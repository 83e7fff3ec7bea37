package io.graft.modifiers.quantization.layout;

import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.lookup;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.permute;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.slice;
import static io.graft.tensor.expression.Expressions.stored;

import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.checkpoint.layout.Part;
import io.graft.problem.Printable;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.Map;
import java.util.Optional;

/**
 * What a weight of ComfyUI is, by its format. Where comfy-kitchen rounds to the dtype of the result, so is rounded here.
 *
 * @param weight whose parts are found as they are wanted
 * @param result the dtype of its values
 */
record ComfyFormats(Weight weight, DType result) {
    /** Powers of two by their exponent, of which ComfyUI takes 0 for the number 0; there is no row for 255. */
    private static final Expression POWERS = Codes.powersFrom(1);

    private static final String SCALE = "weight_scale";
    private static final String WHOLE = "weight_scale_2";
    private static final long MX = 32;
    private static final long NV = 16;

    // What NVIDIA's matrix products want scales to lie in: tiles of 128 rows and 4 columns, each of which is 32 rows of
    // 4 times 4.
    private static final long TILE_ROWS = 128;
    private static final long TILE_COLUMNS = 4;
    private static final long LANES = 32;

    /** @param rows how many there are by the bias, if there is one */
    Expression described(Map<String, Object> says, Optional<Long> rows) throws Misfit {
        // Whatever the format is, these belong to the weight.
        weight.find(SCALE);
        weight.find(WHOLE);
        if (weight.find("pre_quant_scale").isPresent()) {
            throw Misfit.unread("has a pre_quant_scale for what goes in, with which Graft does not read it");
        }
        String format = ModelConfiguration.text(says, ComfyLayout.FORMAT).orElse("");
        return switch (format) {
            case "float8_e4m3fn" -> scaled(DType.F8_E4M3, SCALE);
            case "float8_e5m2" -> scaled(DType.F8_E5M2, SCALE);
            case "mxfp8" -> microscaled(rows);
            case "nvfp4" -> nibbles(rows);
            case "int8_tensorwise" -> integers(says);
            case "" -> throw Misfit.unread("has a description that tells no format");
            default ->
                throw Misfit.unread("is stored as " + Printable.of(format) + " of ComfyUI, which Graft does not read");
        };
    }

    /** 8-bit floats with one scale, which is rounded to the dtype of the result before codes are multiplied by it. */
    Expression scaled(DType format, String last) throws Misfit {
        weight.is("FP8 of ComfyUI, one scale", result, weight.codes().shape());
        Expression factor = cast(one(last), result);
        boolean isBytes = weight.codes().dtype() == DType.U8;
        if (!isBytes) {
            requireCodes(format);
        }
        weight.has(ComfyLayout.FORMAT, format);
        Expression codes = weight.leaf(weight.codes());
        return Scales.product(isBytes ? lookup(stored(LazyTensors.everyValue(format)), codes) : codes, factor, result);
    }

    private Expression microscaled(Optional<Long> rows) throws Misfit {
        Shape shape = matrix("MXFP8 of ComfyUI, groups of 32", DType.F8_E4M3, 1, MX, rows);
        Part scale = weight.require(SCALE);
        Expression powers = inRows(lookup(POWERS, weight.bytes(scale)), scale, shape, MX);
        return cast(multiply(weight.leaf(weight.codes()), Codes.spread(powers, MX, shape.dimension(1))), result);
    }

    private Expression nibbles(Optional<Long> rows) throws Misfit {
        Shape shape = matrix("NVFP4 of ComfyUI, groups of 16", DType.U8, 2, NV, rows);
        Part scale = weight.require(SCALE);
        if (scale.dtype() != DType.F8_E4M3) {
            throw Misfit.ofShape("has scales that are " + scale.dtype() + ", and NVFP4 has F8_E4M3");
        }
        Expression each = inRows(weight.leaf(scale), scale, shape, NV);
        Expression scales = cast(multiply(cast(one(WHOLE), result), each), result);
        Expression numbers = Codes.e2m1OfCodes(Codes.highFirst(weight.leaf(weight.codes()), 4, shape.dimension(1)));
        return cast(multiply(numbers, Codes.spread(scales, NV, shape.dimension(1))), result);
    }

    private Expression integers(Map<String, Object> says) throws Misfit {
        Shape shape = weight.codes().shape();
        weight.is("int8 of ComfyUI", result, shape);
        requireCodes(DType.I8);
        if (Boolean.TRUE.equals(says.get("convrot"))) {
            throw Misfit.unread("is int8 of ComfyUI that was rotated (convrot), which Graft does not read");
        }
        Part scale = weight.require(SCALE);
        boolean isOne = scale.shape().elementCount() == 1;
        if (!isOne) {
            weight.requireShape(scale, Shape.of(shape.dimension(0), 1));
        }
        weight.is("int8 of ComfyUI, one scale" + (isOne ? "" : " a row"), result, shape);
        return Scales.product(weight.leaf(weight.codes()), isOne ? one(SCALE) : weight.leaf(scale), result);
    }

    private void requireCodes(DType format) throws Misfit {
        if (weight.codes().dtype() != format) {
            throw Misfit.ofShape(
                    "is described as " + format + ", and is " + weight.codes().dtype());
        }
    }

    /** The one number that a part has to be. */
    private Expression one(String last) throws Misfit {
        Part scale = weight.require(last);
        if (scale.shape().elementCount() != 1 || !scale.dtype().isFloatingPoint()) {
            throw Misfit.ofShape(
                    "needs one scale, and `" + scale.name() + "` is " + scale.dtype() + " " + scale.shape());
        }
        return reshape(weight.leaf(scale), Shape.SCALAR);
    }

    /** The shape of the numbers; ComfyUI fills it up to whole groups, and does not store what it was. */
    private Shape matrix(String scheme, DType format, int inByte, long group, Optional<Long> rows) throws Misfit {
        requireCodes(format);
        Shape shape = weight.codes().shape();
        if (shape.rank() != 2) {
            throw Misfit.ofShape("is " + scheme + " of the shape " + shape + ", which is no matrix");
        }
        Shape numbers = shape.with(1, Math.multiplyExact(shape.dimension(1), inByte));
        weight.is(scheme, result, numbers);
        if (numbers.dimension(1) % group != 0) {
            throw Misfit.ofShape(
                    "has " + numbers.dimension(1) + " columns, which groups of " + group + " do not divide");
        }
        if (rows.isPresent() && rows.get() != numbers.dimension(0)) {
            throw Misfit.unread("has " + numbers.dimension(0) + " rows and a bias of " + rows.get()
                    + ": it was filled up, and its columns may have been");
        }
        return numbers;
    }

    /** One value for each group of columns, out of the tiles. */
    private Expression inRows(Expression tiles, Part scale, Shape shape, long group) throws Misfit {
        long columns = shape.dimension(1) / group;
        long down = Groups.count(shape.dimension(0), TILE_ROWS);
        long across = Groups.count(columns, TILE_COLUMNS);
        Shape whole = Shape.of(down * TILE_ROWS, across * TILE_COLUMNS);
        weight.requireShape(scale, whole);
        Expression lanes = reshape(tiles, Shape.of(down, across, LANES, TILE_ROWS / LANES, TILE_COLUMNS));
        Expression rows = reshape(permute(lanes, 0, 3, 2, 1, 4), whole);
        return slice(slice(rows, 0, 0, shape.dimension(0)), 1, 0, columns);
    }
}
