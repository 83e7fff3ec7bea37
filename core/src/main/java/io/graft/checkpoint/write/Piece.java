package io.graft.checkpoint.write;

import io.graft.checkpoint.TensorName;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Bytes that follow each other in a file. */
public sealed interface Piece {
    /** How many they are, which is known before they are. */
    long length();

    /**
     * The bytes; asked once, when their turn comes.
     *
     * @throws IOException if they cannot be read or computed
     */
    TensorData materialize() throws IOException;

    /**
     * Compares the number of bytes that came with the one that was told.
     *
     * @throws IllegalStateException if they differ
     */
    void requireLength(long actual);

    /** What takes the checksum of the bytes while they are written, if anything does. */
    default Optional<PieceChecksum> checksum() {
        return Optional.empty();
    }

    /** What computes it together with others, if anything does. */
    default Optional<Object> pass() {
        return Optional.empty();
    }

    /** Bytes that are known beforehand. */
    static Piece of(byte[] bytes) {
        return of(TensorData.of(ByteBuffer.wrap(bytes)));
    }

    /** Bytes that are known beforehand. */
    static Piece of(TensorData bytes) {
        return new Fixed(bytes, Optional.empty());
    }

    /** A tensor's bytes. */
    static Piece of(OutputTensor tensor) {
        return new Tensor(tensor, Optional.empty());
    }

    /** A tensor's bytes, of which a checksum is taken. */
    static Piece of(OutputTensor tensor, PieceChecksum checksum) {
        return new Tensor(tensor, Optional.of(checksum));
    }

    /**
     * Bytes that are known beforehand.
     *
     * @param materialize the bytes
     */
    record Fixed(TensorData materialize, Optional<PieceChecksum> checksum) implements Piece {
        @Override
        public long length() {
            return materialize.byteCount();
        }

        @Override
        public void requireLength(long actual) {
            if (actual != length()) {
                throw new IllegalStateException(actual + " bytes came in place of " + length());
            }
        }
    }

    /** A tensor's bytes. */
    record Tensor(OutputTensor tensor, Optional<PieceChecksum> checksum) implements Piece {
        @Override
        public long length() {
            return tensor.dtype().byteCount(tensor.shape());
        }

        @Override
        public TensorData materialize() throws IOException {
            return tensor.data().materialize();
        }

        @Override
        public Optional<Object> pass() {
            return tensor.pass();
        }

        @Override
        public void requireLength(long actual) {
            if (actual != length()) {
                throw new IllegalStateException("tensor '" + TensorName.printable(tensor.name()) + "' came with "
                        + actual + " bytes, but " + tensor.dtype() + " " + tensor.shape() + " takes " + length());
            }
        }
    }

    /**
     * Bytes that are known only when those of earlier pieces are: they hold their checksums.
     *
     * @param bytes makes them, and may wait for the checksums
     */
    record Late(int size, Bytes bytes) implements Piece {
        /** Makes bytes. */
        @FunctionalInterface
        public interface Bytes {
            /**
             * As many as were told.
             *
             * @throws IOException if what they are made of will never be known
             */
            byte[] get() throws IOException;
        }

        @Override
        public long length() {
            return size;
        }

        @Override
        public TensorData materialize() {
            return new LateBytes(size, bytes);
        }

        @Override
        public void requireLength(long actual) {}
    }
}
