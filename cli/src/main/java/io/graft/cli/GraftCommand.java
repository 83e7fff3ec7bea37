package io.graft.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The root of the command line; does nothing itself. */
@Command(
        name = "graft",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Changes models after they are loaded, as a HOCON file says: all of it, or none.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed",
            "2:wrong usage or configuration",
            "3:model and checkpoint do not fit, or verify found a difference",
            "4:a checkpoint is missing, unreadable, unsupported or refused",
            "5:the engine or its native library is missing",
            "6:plan --detailed-exitcode found changes"
        })
final class GraftCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    /** Runs the command line and returns the exit code. */
    static int run(Console console, String... arguments) {
        CommandLine line = new CommandLine(new GraftCommand())
                .addSubcommand(new ApplyCommand(console))
                .addSubcommand(new PlanCommand(console))
                .addSubcommand(new VerifyCommand(console))
                .addSubcommand(new InspectCommand(console))
                .addSubcommand(new CommandLine(new ModifiersCommand())
                        .addSubcommand(new ModifiersCommand.ListCommand(console))
                        .addSubcommand(new ModifiersCommand.DescribeCommand(console)))
                .addSubcommand(
                        new CommandLine(new ConfigCommand()).addSubcommand(new ConfigCommand.CheckCommand(console)))
                .setOut(console.out())
                .setErr(console.err())
                .setUsageHelpAutoWidth(console.terminal())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(new Failures(console));
        int code = line.execute(arguments);
        console.out().flush();
        console.err().flush();
        return code;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing a command.");
    }
}
