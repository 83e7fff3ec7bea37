package io.graft.cli.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * What a jar lists in its folder {@code META-INF}, by names alone.
 *
 * @param services interfaces that it has classes for
 * @param tables ids of tables of names
 */
record JarListing(List<String> services, List<String> tables) {
    private static final String SERVICES = "META-INF/services/";
    private static final String TABLES = "META-INF/graft/names/index";

    static JarListing of(Path path) {
        try (JarFile jar = new JarFile(path.toFile())) {
            List<String> services = jar.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.startsWith(SERVICES) && !name.endsWith("/"))
                    .map(name -> name.substring(SERVICES.length()))
                    .sorted()
                    .toList();
            ZipEntry index = jar.getEntry(TABLES);
            return new JarListing(
                    services, index == null ? List.of() : lines(jar, index).toList());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Stream<String> lines(JarFile jar, ZipEntry index) throws IOException {
        return new String(jar.getInputStream(index).readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty());
    }
}
