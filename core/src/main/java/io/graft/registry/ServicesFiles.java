package io.graft.registry;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The provider names that jars list, in the order in which {@link java.util.ServiceLoader} reads them. */
final class ServicesFiles {
    static final String PATH = "META-INF/services/" + ModifierProvider.class.getName();

    private ServicesFiles() {}

    /** A name and the jar or folder that lists it. */
    record Listed(String className, String origin) {}

    static List<Listed> read(ClassLoader loader) {
        List<Listed> listed = new ArrayList<>();
        try {
            for (URL file : Collections.list(loader.getResources(PATH))) {
                String origin = Origins.of(file, PATH);
                names(file).forEach(name -> listed.add(new Listed(name, origin)));
            }
        } catch (IOException | UncheckedIOException unreadable) {
            // ServiceLoader reports the same file; here it only helps to name a jar.
            return listed;
        }
        return listed;
    }

    private static List<String> names(URL file) throws IOException {
        URLConnection connection = file.openConnection();
        // A cached jar stays open, and cannot be replaced while this process runs.
        connection.setUseCaches(false);
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
            return lines.lines()
                    .map(line -> line.replaceFirst("#.*", "").strip())
                    .filter(line -> !line.isEmpty())
                    .toList();
        }
    }
}
