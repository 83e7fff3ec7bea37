package io.graft.checkpoint.source;

import io.graft.checkpoint.CheckpointException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A JVM of its own that fetches one location into the cache of the environment, and prints its path or what is wrong. */
public final class FetchProcess {
    private static final String ASKED = "asked";

    private FetchProcess() {}

    public static void main(String[] arguments) {
        System.out.println(ASKED);
        try {
            System.out.println(CheckpointFetcher.create()
                    .fetch(CheckpointRef.of(arguments[0]))
                    .path());
        } catch (CheckpointException failed) {
            System.out.println(failed.getMessage());
        }
    }

    /** Starts it with a cache below the folder. */
    static Process start(Path folder, String uri, Map<String, String> properties) throws IOException {
        return start(
                folder,
                uri,
                properties.entrySet().stream()
                        .map(property -> "-D" + property.getKey() + "=" + property.getValue())
                        .toList());
    }

    /** As the other method, with options of the JVM. */
    static Process start(Path folder, String uri, List<String> options) throws IOException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(options);
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), FetchProcess.class.getName(), uri));
        ProcessBuilder builder = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("GRAFT_CACHE", folder.resolve("shared").toString());
        return builder.start();
    }

    /** Waits until it is about to fetch. */
    static void awaitAsked(Process process) throws IOException {
        String line = process.inputReader().readLine();
        if (!ASKED.equals(line)) {
            throw new IOException("the process says " + line);
        }
    }

    /** Its last line. */
    static String result(Process process) throws IOException {
        BufferedReader out = process.inputReader();
        String last = "";
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            last = line;
        }
        return last;
    }
}
