package io.graft.cli;

import io.graft.config.ProblemCode;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The jars that extend this run: those of {@code --extensions}, of {@code GRAFT_EXTENSIONS}, and of the distribution's
 * {@code extensions} folder, whose place the launcher gives in the system property {@code io.graft.home}.
 */
final class Extensions {
    private Extensions() {}

    /**
     * A loader that sees the extensions beside what is on the class path. It becomes the thread's context loader too, where
     * checkpoint formats and block factories are looked for.
     */
    static ClassLoader load(CommonOptions options, Console console) throws IOException {
        ClassLoader own = Extensions.class.getClassLoader();
        List<URL> jars = new ArrayList<>();
        for (Path root : roots(options.extensions, console)) {
            for (Path jar : jarsOf(root)) {
                if (isJar(jar, console)) {
                    jars.add(jar.toUri().toURL());
                }
            }
        }
        ClassLoader loader = jars.isEmpty() ? own : new URLClassLoader("extensions", jars.toArray(URL[]::new), own);
        Thread.currentThread().setContextClassLoader(loader);
        return loader;
    }

    private static List<Path> roots(List<Path> options, Console console) {
        List<Path> roots = new ArrayList<>(options);
        String variable = console.environment().getOrDefault("GRAFT_EXTENSIONS", "");
        for (String entry : variable.split(File.pathSeparator)) {
            if (!entry.isBlank()) {
                roots.add(Path.of(entry));
            }
        }
        String home = System.getProperty("io.graft.home", "");
        if (!home.isEmpty() && Files.isDirectory(Path.of(home, "extensions"))) {
            roots.add(Path.of(home, "extensions"));
        }
        return roots;
    }

    private static List<Path> jarsOf(Path root) throws IOException {
        if (Files.isDirectory(root)) {
            List<Path> jars = new ArrayList<>();
            try (DirectoryStream<Path> files = Files.newDirectoryStream(root, "*.jar")) {
                files.forEach(jars::add);
            }
            Collections.sort(jars);
            return jars;
        }
        if (!Files.isRegularFile(root)) {
            throw new CommandException(
                    ProblemCode.MALFORMED_VALUE,
                    "the extension " + root + " does not exist",
                    "give a jar or a folder of jars in --extensions or GRAFT_EXTENSIONS");
        }
        return List.of(root);
    }

    /** The class loader passes over a file that it cannot open without a word. */
    private static boolean isJar(Path file, Console console) throws IOException {
        try (ZipFile opened = new ZipFile(file.toFile())) {
            return opened.size() >= 0;
        } catch (ZipException broken) {
            console.err()
                    .println("graft: the extension " + Printable.of(file.toString()) + " is left out: it is not a jar ("
                            + broken.getMessage() + "); remove it or build it again");
            return false;
        }
    }
}
