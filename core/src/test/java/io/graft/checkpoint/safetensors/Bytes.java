package io.graft.checkpoint.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files made byte by byte. */
final class Bytes {
    private Bytes() {}

    /** A file with the header as given, and zeros as data. */
    static Path file(Path path, String header, int dataLength) throws IOException {
        return file(path, header.getBytes(StandardCharsets.UTF_8), dataLength);
    }

    static Path file(Path path, byte[] header, int dataLength) throws IOException {
        return file(path, header.length, header, new byte[dataLength]);
    }

    static Path file(Path path, long claimedLength, byte[] header, byte[] data) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(claimedLength).put(header).put(data);
        return Files.write(path, bytes.array());
    }

    /** One entry of a header, as {@code "a": {...}}. */
    static String entry(String name, String dtype, String shape, long begin, long end) {
        return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                .formatted(name, dtype, shape, begin, end);
    }

    static String header(String... members) {
        return "{" + String.join(",", members) + "}";
    }
}
