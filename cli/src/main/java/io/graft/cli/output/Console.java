package io.graft.cli.output;

import io.graft.problem.Printable;
import io.graft.report.JsonDocument;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Help;
import tools.jackson.core.JsonGenerator;

/**
 * Where a command prints. Results go to {@code out}; progress, logs and errors to {@code err}.
 *
 * @param environment the process's environment
 * @param terminal whether a person watches, on a terminal that shows colours
 * @param rewritable whether {@code err} is a terminal, where a line can be written again
 */
public record Console(
        PrintWriter out, PrintWriter err, Map<String, String> environment, boolean terminal, boolean rewritable) {
    private static final Path ERR = Path.of("/dev/stderr");

    public static Console ofProcess() {
        boolean terminal = Help.Ansi.AUTO.enabled();
        return new Console(
                new ResultWriter(new FileOutputStream(FileDescriptor.out)),
                new ResultWriter(new FileOutputStream(FileDescriptor.err)),
                System.getenv(),
                terminal,
                isTerminal(terminal));
    }

    /** Java asks for stdin and stdout only; where streams are devices, the name of the device tells. */
    private static boolean isTerminal(boolean terminal) {
        if (!Files.exists(ERR, LinkOption.NOFOLLOW_LINKS)) {
            return terminal;
        }
        try {
            String device = ERR.toRealPath().toString();
            return device.startsWith("/dev/pts/")
                    || device.startsWith("/dev/tty")
                    || device.equals("/dev/console")
                    || (device.startsWith("/dev/fd/") && terminal);
        } catch (IOException pipe) {
            return false;
        }
    }

    /** Whether to colour, as {@code --color} says; {@code auto} heeds {@code NO_COLOR}. */
    public boolean coloured(ColorChoice choice) {
        return switch (choice) {
            case always -> true;
            case never -> false;
            case auto ->
                terminal
                        && environment.getOrDefault("NO_COLOR", "").isEmpty()
                        && !"dumb".equals(environment.get("TERM"));
        };
    }

    /** Prints the document of a command that did what it was asked for; {@code body} writes what follows its head. */
    public void printDocument(String command, Consumer<JsonGenerator> body) {
        out.print(JsonDocument.of(command, body));
    }

    /** Ends a command: one whose result could not be printed has failed, whatever else it did. */
    public int ended(int code) {
        Optional<IOException> lost = out instanceof ResultWriter writer ? writer.failure() : Optional.empty();
        lost.ifPresent(failure -> err.println("graft: the result cannot be written to standard output ("
                + Printable.of(String.valueOf(failure.getMessage())) + "); files that the command wrote are there"));
        out.flush();
        err.flush();
        boolean done = code == ExitCode.DONE || code == ExitCode.CHANGES;
        return lost.isPresent() && done ? ExitCode.FAILED : code;
    }
}
