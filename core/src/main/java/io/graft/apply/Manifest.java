package io.graft.apply;

import io.graft.Output;
import io.graft.Report;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.report.ReportJson;
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
     * Writes it into a folder.
     *
     * @param outputs the folder of the report's outputs, which are named relative to it, so that it may move
     * @throws IOException if it cannot be written
     */
    static Output write(Path folder, Path outputs, Report report, WriteOptions options) throws IOException {
        byte[] text = ReportJson.pretty("apply", outputs).of(report).getBytes(StandardCharsets.UTF_8);
        Path file = folder.resolve(FILE_NAME);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            ByteBuffer rest = ByteBuffer.wrap(text);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            if (options.sync()) {
                channel.force(true);
            }
        }
        return new Output(file, text.length, options.digest() ? sha256(text) : "");
    }

    /** The SHA-256 of bytes, in lower-case hexadecimal. */
    static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }
}
