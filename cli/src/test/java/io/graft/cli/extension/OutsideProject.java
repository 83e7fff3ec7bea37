package io.graft.cli.extension;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.cli.Place;
import io.graft.cli.page.Fence;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A project of {@code src/it}, which is none of this build. The scripts there lay beside its copy what is beside it in the repository,
 * and follow the page that leads people through it.
 */
public final class OutsideProject {
    private static final String BUILD = "mvn package";

    private final Path folder;
    private final Path repository;

    private OutsideProject(Path folder) {
        this.folder = folder;
        this.repository = folder.resolve("../../../../..").normalize();
    }

    /** The copy of a project in {@code target/it/examples}, where its paths lead to the same things as in {@code examples}. */
    public static OutsideProject at(Path folder) {
        return new OutsideProject(folder);
    }

    /** A file of the project. */
    public Path file(String path) {
        return folder.resolve(path).normalize();
    }

    /** Copies the files of a folder of the repository into the project; what was built there is left out. */
    public void copy(String from) throws IOException {
        copy(from, "");
    }

    /** The same into a folder of the project. */
    public void copy(String from, String to) throws IOException {
        copyFiles(repository.resolve(from), folder.resolve(to));
    }

    /** Copies the files of a folder of the repository to the same place as seen from the project. */
    public void copyBeside(String from) throws IOException {
        copyFiles(repository.resolve(from), beside(from));
    }

    /** The same without copying, for large files that stay as they are. */
    public void linkBeside(String from) throws IOException {
        Path source = repository.resolve(from);
        Path target = beside(from);
        if (Files.exists(target)) {
            delete(target);
        }
        for (Path file : files(source)) {
            Path link = target.resolve(source.relativize(file).toString());
            Files.createDirectories(link.getParent());
            Files.createLink(link, file);
        }
    }

    /**
     * Runs the commands of a page's {@code sh} blocks that follow its {@code mvn package}, the distribution's command on the path.
     *
     * @return what they print
     */
    public Printed follow(String page) throws IOException, InterruptedException {
        String commands = Fence.of(Files.readString(repository.resolve(page))).stream()
                .filter(fence -> fence.language().equals("sh"))
                .map(Fence::text)
                .collect(Collectors.joining());
        int build = commands.indexOf(BUILD + "\n");
        assertTrue(build >= 0, () -> page + " builds with `" + BUILD + "`");
        Path log = folder.resolve("commands.log");
        ProcessBuilder shell = new ProcessBuilder("sh", "-euxc", commands.substring(build + BUILD.length() + 1))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        Map<String, String> environment = shell.environment();
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("GRAFT_CDS", "off");
        environment.put("PATH", beside("cli/target/graft-1.0.0/bin") + File.pathSeparator + environment.get("PATH"));
        int code = shell.start().waitFor();
        String text = Files.readString(log);
        assertEquals(0, code, text);
        return new Printed(text);
    }

    /** Asserts that two checkpoints of the project have the same tensors, bit for bit. */
    public void holdsSameTensors(String expected, String found) {
        assertEquals(Place.tensors(folder.resolve(expected)), Place.tensors(folder.resolve(found)));
    }

    /** Asserts that two checkpoints of the project have the same tensors, each element within a distance. */
    public void holdsNearly(String expected, String found, float distance) {
        Map<String, List<Float>> wanted = Place.floats(folder.resolve(expected));
        Map<String, List<Float>> values = Place.floats(folder.resolve(found));
        assertEquals(wanted.keySet(), values.keySet());
        wanted.forEach((name, elements) -> {
            for (int i = 0; i < elements.size(); i++) {
                assertEquals(elements.get(i), values.get(name).get(i), distance, name + " at " + i);
            }
        });
    }

    /** Asserts the values of one tensor of a checkpoint. */
    public void holds(String checkpoint, String tensor, List<Float> values) {
        assertEquals(values, Place.floats(folder.resolve(checkpoint)).get(tensor));
    }

    /** What commands have printed. */
    public record Printed(String text) {
        /** Asserts that a line matches. */
        public Printed printed(String regex) {
            assertTrue(text.lines().anyMatch(line -> line.matches(regex)), text);
            return this;
        }
    }

    private Path beside(String path) {
        return folder.resolve("../..").resolve(path).normalize();
    }

    private static void copyFiles(Path source, Path target) throws IOException {
        for (Path file : files(source)) {
            Path inside = source.relativize(file);
            if (!inside.startsWith("target") && !inside.startsWith("out")) {
                Path copy = target.resolve(inside.toString());
                Files.createDirectories(copy.getParent());
                Files.deleteIfExists(copy);
                Files.copy(file, copy);
            }
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            return tree.filter(Files::isRegularFile).toList();
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.delete(path);
            }
        }
    }
}
