package io.graft.extension;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Whether a file may be loaded as a part of an extension. */
final class JarCheck {
    private static final Pattern DJL = Pattern.compile("(META-INF/versions/\\d+/)?ai/djl/.*\\.class");

    private static final String SERVICES = "META-INF/services/io.graft.";

    /** Bytes of a services file; a line has some fifty. */
    private static final int MOST_OF_SERVICES = 1 << 16;

    private JarCheck() {}

    /**
     * Why a jar keeps its extension from being loaded; empty if it does not.
     *
     * @param extension the jar itself, or the folder that it is in
     */
    static Optional<RefusedExtension> refusal(Path extension, Path jar) {
        String which = jar.equals(extension) ? "it" : jar.getFileName().toString();
        if (Files.exists(jar) && !Files.isRegularFile(jar)) {
            return Optional.of(
                    RefusedExtension.leftOut(extension, which + " is a pipe or a device, not a file", "remove it"));
        }
        // The class loader passes over a file that it cannot open without a word.
        try (ZipFile opened = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : Collections.list(opened.entries())) {
                if (DJL.matcher(entry.getName()).matches()) {
                    return Optional.of(RefusedExtension.leftOut(
                            extension,
                            which + " bundles ai.djl (" + entry.getName()
                                    + "), whose native libraries load once in a process",
                            "build it without DJL, which Graft provides"));
                }
                if (entry.getName().startsWith(SERVICES) && isLargerThan(MOST_OF_SERVICES, opened, entry)) {
                    return Optional.of(RefusedExtension.leftOut(
                            extension,
                            which + " lists more providers than any jar has (" + entry.getName() + ", over "
                                    + MOST_OF_SERVICES / 1024 + " KB)",
                            "build it again; each provider is listed once"));
                }
            }
            return Optional.empty();
        } catch (ZipException broken) {
            return Optional.of(RefusedExtension.leftOut(
                    extension, which + " is not a jar (" + broken.getMessage() + ")", "remove it or build it again"));
        } catch (IOException unreadable) {
            return Optional.of(RefusedExtension.leftOut(
                    extension, which + " cannot be read (" + unreadable.getMessage() + ")", "check its permissions"));
        }
    }

    /** Looks at the content: what the directory of an archive says of it need not be true. */
    private static boolean isLargerThan(int bytes, ZipFile jar, ZipEntry entry) throws IOException {
        try (InputStream content = jar.getInputStream(entry)) {
            return content.readNBytes(bytes + 1).length > bytes;
        }
    }
}
