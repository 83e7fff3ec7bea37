package io.graft.cli;

import io.graft.checkpoint.source.FetchProgress;
import picocli.CommandLine.Option;

/** Whether downloads are shown while they go on. */
final class ProgressOption {
    @Option(names = "--no-progress", description = "Do not show how far a download is. Only terminals show it.")
    private boolean silent;

    FetchProgress on(Console console) {
        return silent || !console.rewritable() ? FetchProgress.NONE : new ProgressLine(console.err(), System::nanoTime);
    }
}
