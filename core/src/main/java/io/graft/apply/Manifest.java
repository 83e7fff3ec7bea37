package io.graft.apply;

import io.graft.Report;
import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.Sha256;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.report.ReportJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The report that lies beside an output and tells how it was made. */
final class Manifest {
    private Manifest() {}

    /**
     * Writes it into a folder.
     *
     * @param outputs the folder of the report's outputs, which are named relative to it, so that it may move
     * @throws IOException if it cannot be written
     */
    static WrittenFile write(Path folder, Path outputs, Report report, WriteOptions options) throws IOException {
        byte[] text = ReportJson.pretty("apply", outputs).of(report).getBytes(StandardCharsets.UTF_8);
        Path file = folder.resolve(ModelFiles.MANIFEST);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            ByteBuffer rest = ByteBuffer.wrap(text);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            if (options.sync()) {
                channel.force(true);
            }
        }
        return new WrittenFile(
                WrittenFile.Kind.MANIFEST,
                file,
                text.length,
                options.digest() ? Sha256.of(text).hex() : "");
    }
}
