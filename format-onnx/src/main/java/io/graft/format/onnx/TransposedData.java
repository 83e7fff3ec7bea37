package io.graft.format.onnx;

import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;

/**
 * A matrix of which the file holds the transposed one.
 *
 * @param stored that one, row by row
 * @param width bytes of an element
 * @param rows of this matrix, and so the columns of the stored one
 * @param columns of this matrix
 */
record TransposedData(TensorData stored, int width, long rows, long columns) implements TensorData {
    private static final int STEP = 1 << 20;

    /** Bytes of the stored matrix that are looked at together, about. */
    private static final long VIEW = 1L << 26;

    @Override
    public long byteCount() {
        return stored.byteCount();
    }

    @Override
    public ByteBuffer window(long offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, byteCount());
        long first = offset / width;
        long end = (offset + length + width - 1) / width;
        ByteBuffer elements =
                ByteBuffer.allocate(Math.toIntExact((end - first) * width)).order(ByteOrder.LITTLE_ENDIAN);
        gather(first, elements);
        return elements.slice((int) (offset - first * width), length)
                .asReadOnlyBuffer()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        for (long done = 0; done < byteCount(); done += STEP) {
            ByteBuffer part = window(done, (int) Math.min(STEP, byteCount() - done));
            while (part.hasRemaining()) {
                target.write(part);
            }
        }
    }

    @Override
    public boolean isDivisible() {
        return stored.isDivisible();
    }

    /** Goes through the stored rows once, some at a time, and puts each element where it belongs. */
    private void gather(long first, ByteBuffer target) throws IOException {
        int count = target.capacity() / width;
        long together = Math.max(1, VIEW / (rows * width));
        for (long row = 0; row < columns; row += together) {
            int some = (int) Math.min(together, columns - row);
            ByteBuffer view = stored.window(row * rows * width, Math.toIntExact(some * rows * width));
            for (int i = 0; i < some; i++) {
                place(first, count, row + i, view, i * (int) rows, target);
            }
        }
    }

    /** Puts those elements of one stored row, a column of this matrix, that the target wants. */
    private void place(long first, int count, long column, ByteBuffer view, int start, ByteBuffer target) {
        long row = Math.max(0, (first - column + columns - 1) / columns);
        for (long at = row * columns + column - first; at < count && row < rows; at += columns, row++) {
            int from = (start + (int) row) * width;
            int to = (int) at * width;
            switch (width) {
                case 1 -> target.put(to, view.get(from));
                case 2 -> target.putShort(to, view.getShort(from));
                case 4 -> target.putInt(to, view.getInt(from));
                default -> target.putLong(to, view.getLong(from));
            }
        }
    }
}
