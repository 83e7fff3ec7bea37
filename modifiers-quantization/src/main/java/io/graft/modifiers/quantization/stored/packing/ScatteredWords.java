package io.graft.modifiers.quantization.stored.packing;

import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * Codes of a matrix in words of 32 bits along one of its axes, from the lowest bits on, each at its own place again. The words are in
 * memory together, for codes that share one may come far apart.
 *
 * @param codes a byte for each, whose lowest bits count
 * @param axis along which they are in some order
 * @param order which place of that axis each of them has
 * @param shape of the words
 */
// An array of as many numbers as an axis has places: nobody changes it.
@SuppressWarnings("ArrayRecordComponent")
public record ScatteredWords(LazyTensor codes, int axis, int[] order, int bits, Shape shape) implements ComputedTensor {
    /** Bytes of codes that are read at once. */
    private static final int READ = 1 << 20;

    @Override
    public String operation() {
        return "codes at their own places";
    }

    @Override
    public DType dtype() {
        return DType.I32;
    }

    @Override
    public List<LazyTensor> inputs() {
        return List.of(codes);
    }

    @Override
    public Optional<Object> pass() {
        return codes.pass();
    }

    @Override
    public TensorData materialize() throws IOException {
        TensorData data = codes.materialize();
        int rows = Math.toIntExact(codes.shape().dimension(0));
        int columns = Math.toIntExact(codes.shape().dimension(1));
        int[] words = new int[Math.toIntExact(shape.elementCount())];
        int together = Math.max(1, READ / Math.max(1, columns));
        for (int first = 0; first < rows; first += together) {
            int some = Math.min(together, rows - first);
            ByteBuffer bytes = data.window((long) first * columns, some * columns);
            for (int row = first; row < first + some; row++) {
                if (axis == 0) {
                    down(bytes, row, columns, words);
                } else {
                    across(bytes, row, columns, words);
                }
            }
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(words.length, Integer.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(words);
        return TensorData.of(bytes);
    }

    /** Words lie as many places apart as there are columns. */
    private void down(ByteBuffer from, int row, int columns, int[] words) {
        int word = word(row) * columns;
        for (int column = 0; column < columns; column++) {
            put(from.get(), words, word + column, shift(row), columns);
        }
    }

    private void across(ByteBuffer from, int row, int columns, int[] words) {
        int start = row * Math.toIntExact(shape.dimension(1));
        for (int column = 0; column < columns; column++) {
            put(from.get(), words, start + word(column), shift(column), 1);
        }
    }

    private int word(int at) {
        return (int) ((long) order[at] * bits / Integer.SIZE);
    }

    private int shift(int at) {
        return (int) ((long) order[at] * bits % Integer.SIZE);
    }

    /** A code may go on in the next word. */
    private void put(byte bytes, int[] words, int word, int shift, int apart) {
        int code = bytes & ((1 << bits) - 1);
        words[word] |= code << shift;
        if (shift + bits > Integer.SIZE) {
            words[word + apart] |= code >>> (Integer.SIZE - shift);
        }
    }
}
