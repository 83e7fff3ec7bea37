package io.graft.cli;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.diff.CheckpointDiff;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what differs between two checkpoints. */
@Command(
        name = "diff",
        description = "Shows what differs between two checkpoints: names, dtypes, shapes and values."
                + " Exits with 0 if nothing does, with 3 if something does.")
final class DiffCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private CommonOptions common;

    @Parameters(
            index = "0",
            paramLabel = "A",
            description = "A checkpoint file, or a folder with model.safetensors or its index.")
    private Path a;

    @Parameters(index = "1", paramLabel = "B", description = "Another one, of the same format or of another.")
    private Path b;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    DiffCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        Extensions.load(common, console);
        Checkpoint one = Checkpoint.open(a);
        Checkpoint other = Checkpoint.open(b);
        CheckpointDiff diff = CheckpointDiff.of(one, other);
        if (json) {
            JsonOutput.print(console.out(), "diff", document -> DiffJson.write(document, one, other, diff));
        } else {
            new DiffText(console.out(), common.verbose).print(one, other, diff);
        }
        return diff.isEqual() ? ExitCode.DONE : ExitCode.MISFIT;
    }
}
