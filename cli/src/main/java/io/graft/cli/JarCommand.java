package io.graft.cli;

import io.graft.cli.option.CommonOptions;
import io.graft.cli.output.CommandException;
import io.graft.cli.output.Console;
import io.graft.command.CommandConsole;
import io.graft.command.CommandProvider;
import io.graft.extension.ExtensionLoader;
import io.graft.extension.Thrown;
import io.graft.problem.ProblemCode;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A command that a jar brings.
 *
 * @param origin name of the jar or folder
 */
record JarCommand(String name, String summary, String origin, CommandProvider provider) {
    /** As the list of commands has it; nothing of the command is loaded. */
    CommandLine listed() {
        CommandSpec spec = CommandSpec.create().name(name);
        spec.usageMessage().description(summary.replace("%", "%%"));
        return new CommandLine(spec);
    }

    /**
     * The command itself, with the options that every command takes.
     *
     * @throws CommandException if it cannot be made
     */
    CommandLine made(Console console, ClassLoader extensions) {
        try {
            CommandConsole own = new CommandConsole(console.out(), console.err(), console.environment(), extensions);
            Object command = ExtensionLoader.around(provider.getClass(), () -> provider.command(own));
            CommandLine line = command instanceof CommandLine made ? made : new CommandLine(command);
            addCommonOptions(line);
            return line;
        } catch (RuntimeException | LinkageError failure) {
            CommandException unusable = new CommandException(
                    ProblemCode.PROVIDER_CONSTRUCTOR_FAILED,
                    "the command `" + name + "` of " + origin + " cannot be made: " + Thrown.sentence(failure),
                    "tell the author of the jar");
            unusable.initCause(failure);
            throw unusable;
        }
    }

    private static void addCommonOptions(CommandLine line) {
        line.getSubcommands().values().forEach(JarCommand::addCommonOptions);
        line.getCommandSpec().addMixin("graft", CommandSpec.forAnnotatedObject(new CommonOptions()));
    }
}
