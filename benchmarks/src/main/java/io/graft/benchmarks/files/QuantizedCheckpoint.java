package io.graft.benchmarks.files;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A model of FP8 weights and their scales, whose data are a hole in the file: for what reads headers only. */
final class QuantizedCheckpoint {
    private static final int COLUMNS = 4096;
    private static final int BLOCK = 128;

    private QuantizedCheckpoint() {}

    /**
     * Writes {@code model.safetensors} and {@code config.json}.
     *
     * @param bytes of all codes together
     */
    static void write(Path folder, int weights, long bytes) throws IOException {
        long rows = bytes / weights / COLUMNS;
        long bands = (rows + BLOCK - 1) / BLOCK;
        int across = COLUMNS / BLOCK;
        StringBuilder header = new StringBuilder("{");
        long end = 0;
        for (int i = 0; i < weights; i++) {
            String name = "model.layers." + i / 10 + ".mlp." + i % 10 + ".weight";
            end = entry(header, name, "F8_E4M3", rows, COLUMNS, end, rows * COLUMNS);
            end = entry(header, name + "_scale_inv", "F32", bands, across, end, bands * across * Float.BYTES);
        }
        header.setCharAt(header.length() - 1, '}');
        byte[] text = header.toString().getBytes(StandardCharsets.US_ASCII);
        try (RandomAccessFile file =
                new RandomAccessFile(folder.resolve("model.safetensors").toFile(), "rw")) {
            file.write(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(text.length)
                    .array());
            file.write(text);
            file.setLength(Long.BYTES + text.length + end);
        }
        Files.writeString(
                folder.resolve("config.json"),
                "{\"quantization_config\": {\"quant_method\": \"fp8\", \"weight_block_size\": [128, 128]}}");
    }

    private static long entry(
            StringBuilder header, String name, String dtype, long rows, long columns, long begin, long bytes) {
        header.append('"')
                .append(name)
                .append("\":{\"dtype\":\"")
                .append(dtype)
                .append("\",\"shape\":[")
                .append(rows)
                .append(',')
                .append(columns)
                .append("],\"data_offsets\":[")
                .append(begin)
                .append(',')
                .append(begin + bytes)
                .append("]},");
        return begin + bytes;
    }
}
