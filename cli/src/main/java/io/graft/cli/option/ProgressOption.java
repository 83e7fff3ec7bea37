package io.graft.cli.option;

import io.graft.checkpoint.source.FetchProgress;
import io.graft.cli.output.Console;
import io.graft.cli.output.ProgressLine;
import picocli.CommandLine.Option;

/** Whether downloads are shown while they go on. */
public final class ProgressOption {
    @Option(names = "--no-progress", description = "Do not show how far a download is. Only terminals show it.")
    private boolean silent;

    public FetchProgress on(Console console) {
        return silent || !console.rewritable() ? FetchProgress.NONE : new ProgressLine(console.err(), System::nanoTime);
    }
}
