package io.graft.extension;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the paths that a person gives: which extensions are there, and what is there and is none. */
final class ExtensionFinder {
    private static final String JAR = ".jar";

    /** What people lay beside jars to be read. */
    private static final Pattern FOR_PEOPLE = Pattern.compile("\\..*|(?i:readme|licen[cs]e|notice)\\b.*");

    private final ClassLoader host;
    private final Set<Path> seen = new HashSet<>();
    private final List<Extension> extensions = new ArrayList<>();
    private final List<RefusedExtension> refused = new ArrayList<>();

    ExtensionFinder(ClassLoader host) {
        this.host = host;
    }

    List<Extension> extensions() {
        return extensions;
    }

    List<RefusedExtension> refused() {
        return refused;
    }

    /** Takes a jar, or everything that is in a folder. */
    void addGiven(Path path) {
        if (Files.isDirectory(path)) {
            addFolder(path, true);
        } else if (Files.exists(path) && Files.isRegularFile(path) && !isJar(path)) {
            refused.add(RefusedExtension.leftOut(
                    path,
                    "its name does not end in " + JAR,
                    "give a jar or a folder of jars; a checkpoint is no extension, but what a command or a configuration"
                            + " names"));
        } else if (Files.exists(path)) {
            addExtension(path, List.of(path));
        } else {
            refused.add(RefusedExtension.notFound(path));
        }
    }

    /** Takes what is in a folder that may as well be empty, or not be there. */
    void addStanding(Path folder) {
        if (Files.isDirectory(folder)) {
            addFolder(folder, false);
        }
    }

    private void addFolder(Path folder, boolean mustHoldSome) {
        boolean empty = true;
        for (Path entry : entries(folder)) {
            if (Files.isDirectory(entry)) {
                empty = false;
                addSubfolder(entry);
            } else if (isJar(entry)) {
                empty = false;
                addExtension(entry, List.of(entry));
            } else {
                refused.add(RefusedExtension.leftOut(
                        entry, "its name does not end in " + JAR, "rename it if it is a jar, or remove it"));
            }
        }
        if (empty && mustHoldSome) {
            refused.add(RefusedExtension.empty(folder));
        }
    }

    private void addSubfolder(Path folder) {
        List<Path> jars =
                entries(folder).stream().filter(ExtensionFinder::isJar).toList();
        if (jars.isEmpty()) {
            refused.add(RefusedExtension.empty(folder));
        } else {
            addExtension(folder, jars);
        }
    }

    private void addExtension(Path path, List<Path> jars) {
        // The same jar by two ways, such as an option and the distribution's folder, is one extension.
        if (!seen.add(canonical(path))) {
            return;
        }
        Optional<RefusedExtension> refusal = jars.stream()
                .flatMap(jar -> JarCheck.refusal(path, jar).stream())
                .findFirst();
        if (refusal.isPresent()) {
            refused.add(refusal.get());
            return;
        }
        URL[] urls = jars.stream().map(ExtensionFinder::url).toArray(URL[]::new);
        extensions.add(new Extension(path, jars, new ExtensionLoader(path.toString(), urls, host)));
    }

    /** What is in a folder, sorted, without what is there for people only. */
    private List<Path> entries(Path folder) {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (!FOR_PEOPLE.matcher(file.getFileName().toString()).matches()) {
                    entries.add(file);
                }
            }
        } catch (IOException unreadable) {
            refused.add(RefusedExtension.leftOut(
                    folder, "it cannot be read (" + unreadable.getMessage() + ")", "check its permissions"));
        }
        Collections.sort(entries);
        return entries;
    }

    private static boolean isJar(Path file) {
        return file.getFileName().toString().endsWith(JAR) && !Files.isDirectory(file);
    }

    private static Path canonical(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException unreadable) {
            return path.toAbsolutePath().normalize();
        }
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException impossible) {
            throw new IllegalArgumentException(jar.toString(), impossible);
        }
    }
}
