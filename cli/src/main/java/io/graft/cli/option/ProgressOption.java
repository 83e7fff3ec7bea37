package io.graft.cli.option;

import io.graft.checkpoint.Progress;
import io.graft.cli.output.Console;
import io.graft.cli.output.ProgressLine;
import picocli.CommandLine.Option;

/** Whether work that takes a while is shown while it goes on. */
public final class ProgressOption {
    @Option(
            names = "--no-progress",
            description = "Do not show how far work is that takes a while. Only terminals show it.")
    private boolean silent;

    public Progress on(Console console) {
        return silent || !console.rewritable() ? Progress.NONE : new ProgressLine(console.err(), System::nanoTime);
    }
}
