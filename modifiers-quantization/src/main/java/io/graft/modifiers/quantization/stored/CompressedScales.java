package io.graft.modifiers.quantization.stored;

import io.graft.modifiers.quantization.scheme.Integers;
import io.graft.modifiers.quantization.scheme.OneScale;
import io.graft.modifiers.quantization.scheme.QuantizedWeight;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Scales and zero points of compressed-tensors. */
final class CompressedScales {
    private CompressedScales() {}

    /**
     * Scales.
     *
     * @param grid their shape
     * @param each how many numbers of a unit there are, of which the first is its scale
     */
    static LazyTensor scales(QuantizedWeight weight, DType dtype, Shape grid, int each) {
        return weight.ofScales("scales", dtype, grid, all -> {
            float[] scales = new float[all.length / each];
            for (int i = 0; i < scales.length; i++) {
                scales[i] = all[each * i];
            }
            return Numbers.bytes(dtype, scales);
        });
    }

    /** The second of two numbers of a unit, beside its scale. */
    static LazyTensor second(QuantizedWeight weight, DType dtype, Shape grid) {
        return weight.ofScales("biases", dtype, grid, all -> {
            float[] second = new float[all.length / 2];
            for (int i = 0; i < second.length; i++) {
                second[i] = all[2 * i + 1];
            }
            return Numbers.bytes(dtype, second);
        });
    }

    /** The one that holds for all rows. */
    static LazyTensor one(QuantizedWeight weight, DType dtype, Shape shape) {
        return weight.ofScales("scale", dtype, shape, all -> Numbers.bytes(dtype, OneScale.largest(all)));
    }

    /** The words that the zero points of a group of all rows take. */
    static int words(long rows, Integers integers) {
        int inWord = Integer.SIZE / integers.bits();
        return Math.toIntExact((rows + inWord - 1) / inWord);
    }

    /** Zero points in words, which go on along the rows. */
    static LazyTensor zeroWords(QuantizedWeight weight, Shape grid, Integers integers) {
        int inWord = Integer.SIZE / integers.bits();
        int rows = Math.toIntExact(grid.dimension(0));
        int groups = Math.toIntExact(grid.dimension(1));
        int words = words(rows, integers);
        return weight.ofScales("zero points", DType.I32, Shape.of(words, groups), all -> {
            ByteBuffer bytes = room((long) words * groups * Integer.BYTES);
            for (int row = 0; row < rows; row += inWord) {
                for (int group = 0; group < groups; group++) {
                    int word = 0;
                    for (int i = Math.min(rows, row + inWord) - 1; i >= row; i--) {
                        int point = (int) all[2 * (i * groups + group) + 1] - integers.least();
                        word = (word << integers.bits()) | point;
                    }
                    bytes.putInt(word);
                }
            }
            return TensorData.of(bytes.flip());
        });
    }

    /** Zero points as bytes. */
    static LazyTensor zeroBytes(QuantizedWeight weight, Shape grid) {
        return weight.ofScales("zero points", DType.I8, grid, all -> {
            ByteBuffer bytes = room(grid.elementCount());
            for (int i = 1; i < all.length; i += 2) {
                bytes.put((byte) all[i]);
            }
            return TensorData.of(bytes.flip());
        });
    }

    private static ByteBuffer room(long bytes) {
        return ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
    }
}
