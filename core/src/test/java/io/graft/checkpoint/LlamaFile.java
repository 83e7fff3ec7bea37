package io.graft.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A GGUF file that says what a model's does: values of several types, a list of texts, and an alignment of its own. */
public final class LlamaFile {
    private LlamaFile() {}

    /** A norm, two rows of blocks of Q8_0, and a square matrix. */
    public static byte[] bytes(int version) {
        ByteBuffer bytes = ByteBuffer.allocate(1 << 10).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put("GGUF".getBytes(StandardCharsets.US_ASCII))
                .putInt(version)
                .putLong(3)
                .putLong(5);
        text(bytes, "general.architecture").putInt(8);
        text(bytes, "llama");
        text(bytes, "llama.block_count").putInt(4).putInt(1);
        text(bytes, "llama.rope.freq_base").putInt(6).putFloat(10_000);
        text(bytes, "tokenizer.ggml.tokens").putInt(9).putInt(8).putLong(2);
        text(text(bytes, "<s>"), "\u2581a");
        text(bytes, "general.alignment").putInt(4).putInt(64);
        text(bytes, "output_norm.weight").putInt(1).putLong(3).putInt(0).putLong(0);
        text(bytes, "blk.0.attn_q.weight")
                .putInt(2)
                .putLong(32)
                .putLong(2)
                .putInt(8)
                .putLong(64);
        text(bytes, "square.weight").putInt(2).putLong(2).putLong(2).putInt(0).putLong(192);
        pad(bytes).putFloat(1).putFloat(2).putFloat(3);
        pad(bytes);
        for (int i = 0; i < 2 * 34; i++) {
            bytes.put((byte) (i % 34 == 1 ? 0x2c : i));
        }
        pad(bytes).putFloat(1).putFloat(2).putFloat(3).putFloat(4);
        pad(bytes);
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    private static ByteBuffer pad(ByteBuffer bytes) {
        return bytes.position((bytes.position() + 63) / 64 * 64);
    }

    private static ByteBuffer text(ByteBuffer bytes, String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        return bytes.putLong(encoded.length).put(encoded);
    }
}
