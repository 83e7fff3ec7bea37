package io.graft.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine.Help;

/**
 * Where a command prints. Results go to {@code out}; progress, logs and errors to {@code err}.
 *
 * @param environment the process's environment
 * @param terminal whether a person watches, on a terminal that shows colours
 */
record Console(PrintWriter out, PrintWriter err, Map<String, String> environment, boolean terminal) {
    static Console ofProcess() {
        return new Console(
                writer(FileDescriptor.out), writer(FileDescriptor.err), System.getenv(), Help.Ansi.AUTO.enabled());
    }

    /** Whether to colour, as {@code --color} says; {@code auto} heeds {@code NO_COLOR}. */
    boolean coloured(ColorChoice choice) {
        return switch (choice) {
            case always -> true;
            case never -> false;
            case auto ->
                terminal
                        && environment.getOrDefault("NO_COLOR", "").isEmpty()
                        && !"dumb".equals(environment.get("TERM"));
        };
    }

    private static PrintWriter writer(FileDescriptor descriptor) {
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8), false);
    }
}
