package io.graft.modifiers.quantization.stored;

import io.graft.modifiers.quantization.scheme.Integers;
import io.graft.modifiers.quantization.scheme.QuantizedWeight;
import io.graft.tensor.DType;
import io.graft.tensor.Float16;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Scales and zero points of compressed-tensors. */
final class CompressedScales {
    private CompressedScales() {}

    /**
     * Scales, of the dtype that the result has.
     *
     * @param grid their shape
     * @param each how many numbers of a unit there are, of which the first is its scale
     */
    static LazyTensor scales(QuantizedWeight weight, Shape grid, int each) {
        return weight.ofScales("scales", weight.result(), grid, all -> {
            ByteBuffer bytes = room(weight.result().byteCount(grid));
            for (int i = 0; i < all.length; i += each) {
                put(all[i], weight.result(), bytes);
            }
            return TensorData.of(bytes.flip());
        });
    }

    /** Zero points in words, which go on along the rows. */
    static LazyTensor zeroWords(QuantizedWeight weight, Shape grid, Integers integers) {
        int inWord = Integer.SIZE / integers.bits();
        int rows = Math.toIntExact(grid.dimension(0));
        int groups = Math.toIntExact(grid.dimension(1));
        int words = (rows + inWord - 1) / inWord;
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

    /** A number that the dtype has. */
    private static void put(float number, DType dtype, ByteBuffer bytes) {
        switch (dtype) {
            case F16 -> bytes.putShort(Float16.fromFloat(number));
            case BF16 -> bytes.putShort((short) (Float.floatToRawIntBits(number) >>> Short.SIZE));
            default -> bytes.putFloat(number);
        }
    }
}
