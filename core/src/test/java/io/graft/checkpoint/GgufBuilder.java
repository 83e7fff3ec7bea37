package io.graft.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes a GGUF file pair by pair and tensor by tensor. */
public final class GgufBuilder {
    private final int alignment;
    private final ByteArrayOutputStream pairs = new ByteArrayOutputStream();
    private final ByteArrayOutputStream descriptions = new ByteArrayOutputStream();
    private final List<byte[]> data = new ArrayList<>();
    private int pairCount;
    private int offset;

    /** @param alignment of tensors; told if it is not the usual one */
    public GgufBuilder(int alignment) {
        this.alignment = alignment;
        if (alignment != 32) {
            number("general.alignment", alignment);
        }
    }

    private static byte[] little(int width, long value) {
        ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value);
        byte[] low = new byte[width];
        bytes.rewind().get(low);
        return low;
    }

    private static void text(ByteArrayOutputStream out, String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        out.writeBytes(little(8, encoded.length));
        out.writeBytes(encoded);
    }

    /** A pair whose value is a number of 32 bits. */
    public GgufBuilder number(String key, long value) {
        return pair(key, 4, little(4, value));
    }

    /** A pair whose value is a number of 16 bits. */
    public GgufBuilder shortNumber(String key, long value) {
        return pair(key, 2, little(2, value));
    }

    /** A pair of any type. */
    public GgufBuilder pair(String key, int type, byte[] value) {
        text(pairs, key);
        pairs.writeBytes(little(4, type));
        pairs.writeBytes(value);
        pairCount++;
        return this;
    }

    /** A pair whose value is a text. */
    public GgufBuilder text(String key, String value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        text(out, value);
        return pair(key, 8, out.toByteArray());
    }

    /** A pair whose value is a list of texts. */
    public GgufBuilder texts(String key, String... values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(little(4, 8));
        out.writeBytes(little(8, values.length));
        for (String value : values) {
            text(out, value);
        }
        return pair(key, 9, out.toByteArray());
    }

    /**
     * A tensor.
     *
     * @param type number of it in the format
     * @param dimensions the outermost first
     */
    public GgufBuilder tensor(String name, int type, byte[] bytes, long... dimensions) {
        text(descriptions, name);
        descriptions.writeBytes(little(4, dimensions.length));
        for (int axis = dimensions.length - 1; axis >= 0; axis--) {
            descriptions.writeBytes(little(8, dimensions[axis]));
        }
        descriptions.writeBytes(little(4, type));
        descriptions.writeBytes(little(8, offset));
        data.add(bytes);
        offset += padded(bytes.length);
        return this;
    }

    private int padded(int length) {
        return (length + alignment - 1) / alignment * alignment;
    }

    /** The file. */
    public byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(little(4, 3));
        out.writeBytes(little(8, data.size()));
        out.writeBytes(little(8, pairCount));
        out.writeBytes(pairs.toByteArray());
        out.writeBytes(descriptions.toByteArray());
        out.writeBytes(new byte[padded(out.size()) - out.size()]);
        data.forEach(bytes -> {
            out.writeBytes(bytes);
            out.writeBytes(new byte[padded(bytes.length) - bytes.length]);
        });
        return out.toByteArray();
    }
}
