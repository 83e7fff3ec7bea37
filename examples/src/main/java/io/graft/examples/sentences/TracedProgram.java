package io.graft.examples.sentences;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * The TorchScript program of the examples. Only Python can trace one; {@code benchmarks/reference/trace_minilm.py} has, once, and left
 * its weights out: they are zeros, which zip makes small. PyTorch's archives hold their members as they are.
 */
final class TracedProgram {
    private TracedProgram() {}

    /** Writes the members of a zip file into another one, none of them compressed. */
    static void store(Path compressed, Path stored) throws IOException {
        Files.createDirectories(stored.getParent());
        try (ZipFile from = new ZipFile(compressed.toFile());
                OutputStream file = Files.newOutputStream(stored);
                ZipOutputStream to = new ZipOutputStream(file)) {
            Enumeration<? extends ZipEntry> members = from.entries();
            while (members.hasMoreElements()) {
                ZipEntry member = members.nextElement();
                byte[] bytes = from.getInputStream(member).readAllBytes();
                CRC32 sum = new CRC32();
                sum.update(bytes);
                ZipEntry plain = new ZipEntry(member.getName());
                plain.setMethod(ZipEntry.STORED);
                plain.setSize(bytes.length);
                plain.setCrc(sum.getValue());
                plain.setTimeLocal(member.getTimeLocal());
                to.putNextEntry(plain);
                to.write(bytes);
                to.closeEntry();
            }
        }
    }
}
