package io.graft.cli;

import io.graft.cli.output.Console;

/** Entry point of the {@code graft} command. */
public final class Main {
    private Main() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(GraftCommand.run(Console.ofProcess(), arguments));
    }
}
