package io.graft.extension;

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
    private ServicesFiles() {}

    /**
     * A name and where it is listed.
     *
     * @param origin name of the jar or folder
     * @param file the services file
     */
    record Listed(String className, String origin, String file) {}

    static String path(Class<?> service) {
        return "META-INF/services/" + service.getName();
    }

    static List<Listed> read(Class<?> service, ClassLoader loader) {
        List<Listed> listed = new ArrayList<>();
        String path = path(service);
        try {
            for (URL file : Collections.list(loader.getResources(path))) {
                String origin = Origins.of(file, path);
                names(file).forEach(name -> listed.add(new Listed(name, origin, file.toString())));
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
