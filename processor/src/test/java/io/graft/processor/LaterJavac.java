package io.graft.processor;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;

/**
 * Runs the javac of a later JDK with both processors: in one process of its own, to which the tests of a run send their
 * sources. The JDK is named by {@code JAVA_HOME_25}, as continuous integration does it, or stands beside the running one.
 */
final class LaterJavac {
    static final int VERSION = 25;

    private static final List<String> VARIABLES =
            List.of("JAVA_HOME_" + VERSION, "JAVA_HOME_" + VERSION + "_X64", "JAVA_HOME_" + VERSION + "_ARM64");
    private static final Optional<LaterJavac> CURRENT = find().map(LaterJavac::new);

    private final DataOutputStream requests;
    private final DataInputStream answers;

    private LaterJavac(Path home) {
        try {
            Process process = new ProcessBuilder(
                            home.resolve("bin/java").toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            CompilingProcess.class.getName())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            requests = new DataOutputStream(process.getOutputStream());
            answers = new DataInputStream(process.getInputStream());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The one that is installed here, if any is. */
    static Optional<LaterJavac> current() {
        return CURRENT;
    }

    /** What it says: {@code ERROR /com/acme/X.java:2: text}. */
    synchronized List<String> compile(List<String> options, List<JavaFileObject> sources) {
        try {
            List<String> texts = new ArrayList<>(options);
            sources.forEach(source -> texts.addAll(List.of(source.getName(), Compiling.text(source))));
            requests.writeInt(options.size());
            requests.writeInt(sources.size());
            for (String text : texts) {
                requests.writeUTF(text);
            }
            requests.flush();
            List<String> said = new ArrayList<>();
            for (int count = answers.readInt(); count > 0; count--) {
                said.add(answers.readUTF());
            }
            return said;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Optional<Path> find() {
        Stream<Path> named = VARIABLES.stream()
                .map(System::getenv)
                .filter(home -> home != null)
                .map(Path::of);
        return Stream.concat(named, neighbours().stream())
                .filter(LaterJavac::fits)
                .findFirst();
    }

    private static List<Path> neighbours() {
        try {
            Path running = Path.of(System.getProperty("java.home")).toRealPath();
            try (Stream<Path> installed = Files.list(running.getParent())) {
                return installed.sorted().toList();
            }
        } catch (IOException unreadable) {
            return List.of();
        }
    }

    private static boolean fits(Path home) {
        Path release = home.resolve("release");
        if (!Files.isExecutable(home.resolve("bin/javac")) || !Files.isReadable(release)) {
            return false;
        }
        try (BufferedReader lines = Files.newBufferedReader(release)) {
            return lines.lines().anyMatch(line -> line.matches("JAVA_VERSION=\"" + VERSION + "\\b.*"));
        } catch (IOException unreadable) {
            return false;
        }
    }
}
