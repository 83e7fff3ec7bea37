package io.graft.modifiers.quantization.scheme;

import java.nio.ByteBuffer;

/** How a layout puts codes into the bytes of a stored tensor: each unit into as many as any other, the last one into fewer if it is shorter. */
public interface Packing {
    /** The bytes that some values take from the first one on: whole units, or all values. */
    long bytes(long values);

    /** Puts a piece into a little-endian buffer, at its position. */
    void pack(Piece piece, ByteBuffer target);

    /** A byte for each code. */
    static Packing single() {
        return from(0);
    }

    /**
     * A byte for each code, from 0 on.
     *
     * @param least the least code
     */
    static Packing from(int least) {
        return new Packing() {
            @Override
            public long bytes(long values) {
                return values;
            }

            @Override
            public void pack(Piece piece, ByteBuffer target) {
                byte[] codes = piece.codes();
                if (least != 0) {
                    for (int i = 0; i < piece.count(); i++) {
                        codes[i] -= (byte) least;
                    }
                }
                target.put(codes, 0, piece.count());
            }
        };
    }
}
