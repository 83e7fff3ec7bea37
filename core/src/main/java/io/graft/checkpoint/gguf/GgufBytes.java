package io.graft.checkpoint.gguf;

import io.graft.tensor.TensorData;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The bytes of a header, little-endian. */
final class GgufBytes {
    private static final int U32 = 4;
    private static final int TEXT = 8;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    GgufBytes ascii(String text) {
        bytes.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    GgufBytes u32(int value) {
        return put(value, Integer.BYTES);
    }

    GgufBytes u64(long value) {
        return put(value, Long.BYTES);
    }

    private GgufBytes put(long value, int width) {
        for (int i = 0; i < width; i++) {
            bytes.write((int) (value >>> (Byte.SIZE * i)));
        }
        return this;
    }

    /** A text after its length. */
    GgufBytes text(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        u64(encoded.length);
        bytes.writeBytes(encoded);
        return this;
    }

    /** A pair whose value is a text. */
    void text(String key, String value) {
        text(key).u32(TEXT).text(value);
    }

    /** A pair whose value is a number of 32 bits. */
    void number(String key, int value) {
        text(key).u32(U32).u32(value);
    }

    /** All of them. */
    TensorData data() {
        return TensorData.of(ByteBuffer.wrap(bytes.toByteArray()));
    }
}
