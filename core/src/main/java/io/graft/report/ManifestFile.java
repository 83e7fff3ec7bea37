package io.graft.report;

import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.Sha256;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The file beside an output that tells how it was made, and that Graft wrote it. */
public final class ManifestFile {
    private ManifestFile() {}

    /**
     * Writes it into a folder that has none.
     *
     * @param text a document of {@link JsonDocument}
     * @param options whether it is hashed and forced to the disk
     * @throws IOException if it cannot be written
     */
    public static WrittenFile write(Path folder, String text, WriteOptions options) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Path file = folder.resolve(ModelFiles.MANIFEST);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
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
                bytes.length,
                options.digest() ? Sha256.of(bytes).hex() : "");
    }
}
