package io.graft.modifiers.lora.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The group of commands about adapters. */
@Command(
        name = "lora",
        synopsisSubcommandLabel = "COMMAND",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n",
        description =
                "Makes adapters of two checkpoints or of other adapters, lowers their ranks, and writes them for other tools.")
public final class LoraCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing a command: extract, combine, resize or convert.");
    }
}
