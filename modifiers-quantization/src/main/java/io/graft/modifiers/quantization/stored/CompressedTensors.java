package io.graft.modifiers.quantization.stored;

import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.reshape;

import io.graft.checkpoint.layout.IntegerCodes;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.Parametrization;
import io.graft.modifiers.quantization.layout.CompressedValue;
import io.graft.modifiers.quantization.options.QuantizationScheme;
import io.graft.modifiers.quantization.options.WeightSettings;
import io.graft.modifiers.quantization.scheme.Float8Type;
import io.graft.modifiers.quantization.scheme.Floats8;
import io.graft.modifiers.quantization.scheme.Integers;
import io.graft.modifiers.quantization.scheme.QuantizedWeight;
import io.graft.modifiers.quantization.scheme.ScaleType;
import io.graft.modifiers.quantization.scheme.Scheme;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The keys of compressed-tensors: integers of 4 bits, and of 8 in groups, in words; integers of 8 bits by rows, and 8-bit floating-point
 * numbers by rows, as bytes. Scales are of the dtype that the result has.
 */
final class CompressedTensors implements StoredLayout {
    private static final int USUAL_GROUP = 128;

    @Override
    public Set<QuantizationScheme> schemes() {
        return Set.of(
                QuantizationScheme.INT8,
                QuantizationScheme.INT8_DYNAMIC,
                QuantizationScheme.INT4,
                QuantizationScheme.FP8);
    }

    @Override
    public Scheme scheme(WeightSettings settings) {
        if (settings.isDouble()) {
            throw new IllegalArgumentException("compressed-tensors keeps its scales as they are");
        }
        Optional<Integer> group = settings.groupSize();
        if (settings.scheme() == QuantizationScheme.FP8) {
            if (group.isPresent()) {
                throw new IllegalArgumentException(
                        "fp8 of compressed-tensors has a scale for each row, and no groups of " + group.get()
                                + "; the layout fp8 has blocks");
            }
            requireSymmetric(settings);
            return Floats8.byRows(Float8Type.E4M3, ScaleType.RESULT);
        }
        int bits = settings.scheme() == QuantizationScheme.INT4 ? 4 : Byte.SIZE;
        if (settings.scheme() == QuantizationScheme.INT8_DYNAMIC) {
            requireSymmetric(settings);
            if (group.isPresent()) {
                throw new IllegalArgumentException(
                        "int8-dynamic has a scale for each row, and no groups of " + group.get());
            }
        }
        int inWord = Integer.SIZE / bits;
        if (group.isPresent() && group.get() % inWord != 0) {
            throw new IllegalArgumentException("groups of int" + bits + " fill words of " + inWord
                    + " values in compressed-tensors, and " + group.get() + " do not");
        }
        return new Integers(bits, group.orElse(bits == 4 ? USUAL_GROUP : 0), settings.isSymmetric());
    }

    private static void requireSymmetric(WeightSettings settings) {
        if (!settings.isSymmetric()) {
            throw new IllegalArgumentException(settings.scheme().id() + " has no zero points");
        }
    }

    @Override
    public DType result(WeightSettings settings, DType weight) {
        return settings.computeDtype().orElse(weight);
    }

    @Override
    public Parametrization store(String last, QuantizedWeight weight, WeightSettings settings) {
        if (!last.equals("weight")) {
            throw new IllegalArgumentException("is called `" + last + "`, and compressed-tensors is of a `weight`");
        }
        if (weight.scheme() instanceof Integers integers) {
            return integers.bits() == Byte.SIZE && integers.group() == 0
                    ? bytes(weight, integers, settings)
                    : words(weight, integers, settings);
        }
        return floats(weight, (Floats8) weight.scheme());
    }

    private static CompressedParts parts(QuantizedWeight weight, int group) {
        Shape shape = weight.shape();
        long groups = group == 0 ? 1 : shape.dimension(1) / group;
        return new CompressedParts(shape, weight.result(), Shape.of(shape.dimension(0), groups));
    }

    private static Parametrization words(QuantizedWeight weight, Integers integers, WeightSettings settings) {
        int bits = integers.bits();
        Shape shape = weight.shape();
        Recipe recipe = parts(weight, integers.group()).words(integers);
        Map<String, LazyTensor> stored = new LinkedHashMap<>();
        recipe.make(weight, stored);
        stored.put(
                "weight_shape",
                LazyTensors.generate("shape", DType.I64, Shape.of(2), place -> shape.dimension((int) place)));
        Expression codes = CompressedValue.codes(StoredWeight.leaf(stored, "weight_packed"), bits, shape.dimension(1));
        Expression scales = StoredWeight.leaf(stored, "weight_scale");
        Expression points = integers.isSymmetric()
                ? constant(-integers.least())
                : CompressedValue.zeroPoints(StoredWeight.leaf(stored, "weight_zero_point"), bits, shape.dimension(0));
        IntegerCodes signed = integers.isSymmetric()
                ? CompressedValue.integers(CompressedValue.signed(codes, bits), bits, scales)
                : CompressedValue.integers(codes, bits, points, scales);
        Form form = form(CompressedValue.product(codes, points, scales, weight.result()), signed, settings);
        return new StoredWeight(weight, stored, form, Optional.of(CompressedConfiguration.words(integers)), recipe);
    }

    private static Parametrization bytes(QuantizedWeight weight, Integers integers, WeightSettings settings) {
        Recipe recipe = parts(weight, 0).bytes(integers);
        Map<String, LazyTensor> stored = new LinkedHashMap<>();
        recipe.make(weight, stored);
        Expression codes = StoredWeight.leaf(stored, "weight");
        Expression scales = StoredWeight.leaf(stored, "weight_scale");
        Form form;
        if (integers.isSymmetric()) {
            Expression product = cast(multiply(codes, scales), weight.result());
            form = form(product, CompressedValue.integers(codes, Byte.SIZE, scales), settings);
        } else {
            Expression points = StoredWeight.leaf(stored, "weight_zero_point");
            Expression product = CompressedValue.product(codes, points, scales, weight.result());
            form = form(product, CompressedValue.bytes(codes, points, scales), settings);
        }
        boolean isDynamic = settings.scheme() == QuantizationScheme.INT8_DYNAMIC;
        return new StoredWeight(
                weight, stored, form, Optional.of(CompressedConfiguration.bytes(integers, isDynamic)), recipe);
    }

    /** What layers multiply with is in 32 bits. */
    private static Form form(Expression value, IntegerCodes integers, WeightSettings settings) {
        return value.dtype() == DType.F32
                ? new Form.ScaledCodes(value, integers, settings.kernel())
                : new Form.Plain(value);
    }

    private static Parametrization floats(QuantizedWeight weight, Floats8 scheme) {
        Expression.Owned scale =
                new Expression.Owned("weight_scale", Shape.of(weight.shape().dimension(0), 1), weight.result());
        Recipe recipe = new Fp8Parts(weight.shape(), "weight", scale)
                .of(scheme, reshape(scale, Shape.of(scale.shape().elementCount())));
        Map<String, LazyTensor> stored = new LinkedHashMap<>();
        recipe.make(weight, stored);
        Form form = new Form.Plain(cast(multiply(StoredWeight.leaf(stored, "weight"), scale), weight.result()));
        return new StoredWeight(weight, stored, form, Optional.of(CompressedConfiguration.FLOATS), recipe);
    }
}
