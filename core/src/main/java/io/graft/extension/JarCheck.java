package io.graft.extension;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Whether a file may be loaded as a part of an extension. */
final class JarCheck {
    private static final Pattern DJL = Pattern.compile("(META-INF/versions/\\d+/)?ai/djl/.*\\.class");

    private JarCheck() {}

    /**
     * Why a jar keeps its extension from being loaded; empty if it does not.
     *
     * @param extension the jar itself, or the folder that it is in
     */
    static Optional<RefusedExtension> refusal(Path extension, Path jar) {
        String which = jar.equals(extension) ? "it" : jar.getFileName().toString();
        // The class loader passes over a file that it cannot open without a word.
        try (ZipFile opened = new ZipFile(jar.toFile())) {
            return opened.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> DJL.matcher(name).matches())
                    .findFirst()
                    .map(bundled -> RefusedExtension.leftOut(
                            extension,
                            which + " bundles ai.djl (" + bundled + "), whose native libraries load once in a process",
                            "build it without DJL, which Graft provides"));
        } catch (ZipException broken) {
            return Optional.of(RefusedExtension.leftOut(
                    extension, which + " is not a jar (" + broken.getMessage() + ")", "remove it or build it again"));
        } catch (IOException unreadable) {
            return Optional.of(RefusedExtension.leftOut(
                    extension, which + " cannot be read (" + unreadable.getMessage() + ")", "check its permissions"));
        }
    }
}
