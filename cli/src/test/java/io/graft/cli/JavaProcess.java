package io.graft.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A JVM of its own, with the class path of the tests. */
public final class JavaProcess {
    private JavaProcess() {}

    /**
     * Runs {@code java} to its end.
     *
     * @param classes goes before the class path of the tests
     * @param arguments JVM options, the main class, its arguments
     */
    public static Outcome run(Path folder, Path classes, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.add("-Dai.djl.offline=true");
        line.add("-DOPT_OUT_TRACKING=true");
        line.add("-cp");
        line.add(classes.toAbsolutePath()
                + System.getProperty("path.separator")
                + System.getProperty("java.class.path"));
        line.addAll(arguments);
        Path out = Files.createTempFile("stdout", "");
        Path err = Files.createTempFile("stderr", "");
        try {
            int code = new ProcessBuilder(line)
                    .directory(folder.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start()
                    .waitFor();
            return new Outcome(
                    code, Files.readString(out, StandardCharsets.UTF_8), Files.readString(err, StandardCharsets.UTF_8));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }
}
