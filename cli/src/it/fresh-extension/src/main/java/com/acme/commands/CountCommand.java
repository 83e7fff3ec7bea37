package com.acme.commands;

import io.graft.checkpoint.Checkpoint;
import io.graft.command.CommandConsole;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Counts the tensors of a checkpoint. */
@Command(description = "Counts the tensors of a checkpoint.")
public final class CountCommand implements Callable<Integer> {
    private final CommandConsole console;

    @Parameters(paramLabel = "PATH", description = "A checkpoint.")
    private Path path;

    public CountCommand(CommandConsole console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        console.out()
                .println(Checkpoint.open(path, console.extensions()).tensors().size());
        return 0;
    }
}
