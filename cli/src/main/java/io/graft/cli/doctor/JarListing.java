package io.graft.cli.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * What the jars of an extension list in their folder {@code META-INF}, by names alone.
 *
 * @param services interfaces that they have classes for
 * @param tables ids of tables of names
 */
record JarListing(List<String> services, List<String> tables) {
    private static final String SERVICES = "META-INF/services/";
    private static final String TABLES = "META-INF/graft/names/index";

    static JarListing of(List<Path> jars) {
        List<String> services = new ArrayList<>();
        List<String> tables = new ArrayList<>();
        for (Path path : jars) {
            try (JarFile jar = new JarFile(path.toFile())) {
                jar.stream()
                        .map(ZipEntry::getName)
                        .filter(name -> name.startsWith(SERVICES) && !name.endsWith("/"))
                        .map(name -> name.substring(SERVICES.length()))
                        .forEach(services::add);
                ZipEntry index = jar.getEntry(TABLES);
                if (index != null) {
                    lines(jar, index).forEach(tables::add);
                }
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
        return new JarListing(
                services.stream().distinct().sorted().toList(),
                tables.stream().distinct().sorted().toList());
    }

    private static Stream<String> lines(JarFile jar, ZipEntry index) throws IOException {
        return new String(jar.getInputStream(index).readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty());
    }
}
