package io.graft.djl.expression;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.stream.IntStream;

/**
 * Unsigned fields out of integers. The engine has no operations on bits; quotients and remainders by powers of two are as exact in
 * floating-point numbers that hold a whole word.
 */
final class BitFields {
    private static final int HALF = Integer.SIZE;

    private final ArrayEvaluator results;
    private final int bits;
    private final boolean highFirst;

    /**
     * @param results keeps what is computed on the way
     */
    BitFields(ArrayEvaluator results, int bits, boolean highFirst) {
        this.results = results;
        this.bits = bits;
        this.highFirst = highFirst;
    }

    /** The fields of each row of integers, as many as the shape's last axis has. */
    NDArray of(NDArray integers, Shape to) {
        int width = integers.getDataType().getNumOfBytes() * Byte.SIZE;
        NDArray words = width > HALF ? halves(integers) : unsigned(integers, width);
        int word = Math.min(width, HALF);
        int last = to.dimension() - 1;
        if (word % bits == 0) {
            return results.as(DataType.INT32, results.slice(last, 0, to.get(last), digits(words, word, bits)));
        }
        NDArray single = results.slice(last, 0, to.get(last) * bits, digits(words, word, 1));
        NDArray fields = results.keep(single.reshape(to.addAll(new Shape(bits))));
        NDArray weighted = results.keep(fields.mul(powers(fields, bits, 1)));
        // Fields have 16 bits at most, and every sum of a field's bits is exact in 32-bit numbers.
        return results.as(DataType.INT32, results.keep(weighted.sum(new int[] {last + 1})));
    }

    /** Digits of some bits, in the order in which fields lie: {@code [..., words * digits]}. */
    private NDArray digits(NDArray words, int width, int digit) {
        NDArray column = results.keep(words.expandDims(-1));
        NDArray shifted = results.keep(column.div(powers(column, width / digit, digit)));
        NDArray digits = results.keep(results.keep(shifted.floor()).mod(1L << digit));
        return joined(digits);
    }

    /** 2 to the power of the place of each digit in its word. */
    private NDArray powers(NDArray like, int count, int digit) {
        double[] powers = IntStream.range(0, count)
                .map(place -> (highFirst ? count - 1 - place : place) * digit)
                .mapToDouble(place -> Math.scalb(1.0, place))
                .toArray();
        return results.as(like.getDataType(), results.keep(like.getManager().create(powers)));
    }

    private NDArray unsigned(NDArray integers, int width) {
        NDArray wide = results.as(DataType.INT64, integers);
        return results.as(width < HALF ? DataType.FLOAT32 : DataType.FLOAT64, results.keep(wide.mod(1L << width)));
    }

    /** 64 bits as two words of 32, in the order in which fields lie. */
    private NDArray halves(NDArray integers) {
        NDArray low = results.keep(integers.mod(1L << HALF));
        NDArray rest = results.as(DataType.FLOAT64, results.keep(integers.sub(low)));
        NDArray high =
                results.keep(results.keep(rest.div(Math.scalb(1.0, HALF))).mod(1L << HALF));
        NDArray lower = results.as(DataType.FLOAT64, low);
        NDList both = highFirst ? new NDList(high, lower) : new NDList(lower, high);
        return joined(results.keep(NDArrays.stack(both, integers.getShape().dimension())));
    }

    private NDArray joined(NDArray parts) {
        Shape shape = parts.getShape();
        int last = shape.dimension() - 2;
        return results.keep(
                parts.reshape(shape.slice(0, last).addAll(new Shape(shape.get(last) * shape.get(last + 1)))));
    }
}
