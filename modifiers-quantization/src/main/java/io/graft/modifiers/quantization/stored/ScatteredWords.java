package io.graft.modifiers.quantization.stored;

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
 * Codes of a transposed matrix in words of 32 bits along its rows, from the lowest bits on, each row at its own place again. The words are
 * in memory together, for rows that share one come one after the other.
 *
 * @param codes a byte for each, rows in some order
 * @param order which row of the matrix each of them is
 * @param shape of the words
 */
// An array of as many numbers as a matrix has rows: nobody changes it.
@SuppressWarnings("ArrayRecordComponent")
record ScatteredWords(LazyTensor codes, int[] order, int bits, Shape shape) implements ComputedTensor {
    /** Bytes of codes that are read at once. */
    private static final int READ = 1 << 20;

    @Override
    public String operation() {
        return "codes at the places of their inputs";
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
        int columns = Math.toIntExact(codes.shape().dimension(1));
        int[] words = new int[Math.toIntExact(shape.elementCount())];
        int together = Math.max(1, READ / Math.max(1, columns));
        for (int first = 0; first < order.length; first += together) {
            int rows = Math.min(together, order.length - first);
            ByteBuffer some = data.window((long) first * columns, rows * columns);
            for (int row = first; row < first + rows; row++) {
                put(some, order[row], words, columns);
            }
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(words.length, Integer.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(words);
        return TensorData.of(bytes);
    }

    private void put(ByteBuffer from, int row, int[] words, int columns) {
        int mask = (1 << bits) - 1;
        long bit = (long) row * bits;
        int word = (int) (bit / Integer.SIZE) * columns;
        int shift = (int) (bit % Integer.SIZE);
        boolean goesOn = shift + bits > Integer.SIZE;
        for (int column = 0; column < columns; column++) {
            int code = from.get() & mask;
            words[word + column] |= code << shift;
            if (goesOn) {
                words[word + columns + column] |= code >>> (Integer.SIZE - shift);
            }
        }
    }
}
