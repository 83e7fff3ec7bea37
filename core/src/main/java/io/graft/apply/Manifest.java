package io.graft.apply;

import io.graft.Output;
import io.graft.Report;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The report that lies beside an output and tells how it was made. */
final class Manifest {
    static final String FILE_NAME = "graft-manifest.json";

    private Manifest() {}

    /**
     * Writes it into a folder, where the report's outputs lie. They are named relative to it, so the folder may move.
     *
     * @throws IOException if it cannot be written
     */
    static Output write(Path folder, Report report) throws IOException {
        byte[] text = ReportJson.pretty("apply", folder).of(report).getBytes(StandardCharsets.UTF_8);
        Path file = folder.resolve(FILE_NAME);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            ByteBuffer rest = ByteBuffer.wrap(text);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
        return new Output(file, text.length, sha256(text));
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }
}
