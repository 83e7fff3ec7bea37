package io.graft.checkpoint.source;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A JVM of its own that uses something of a cache until its input ends. */
public final class UsingProcess {
    private UsingProcess() {}

    public static void main(String[] arguments) throws IOException {
        CacheUse.begin(Path.of(arguments[0]));
        System.out.println("used");
        System.in.read();
    }

    /** Starts it; its first line says that the use has begun. */
    static Process start(Path use) throws IOException {
        List<String> line = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                UsingProcess.class.getName(),
                use.toString());
        return new ProcessBuilder(line)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
