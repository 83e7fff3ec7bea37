package io.graft.cli;

import io.graft.cli.option.CommonOptions;
import io.graft.cli.output.CommandException;
import io.graft.cli.output.Console;
import io.graft.command.CommandConsole;
import io.graft.command.CommandProvider;
import io.graft.extension.ExtensionLoader;
import io.graft.extension.Thrown;
import io.graft.problem.ProblemCode;
import java.util.ArrayList;
import java.util.List;
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
            List<CommonOptions> common = new ArrayList<>();
            CommandConsole own = new CommandConsole(
                    console.out(),
                    console.err(),
                    console.environment(),
                    extensions,
                    () -> common.stream().anyMatch(options -> options.verbose));
            Object command = ExtensionLoader.around(provider.getClass(), () -> provider.command(own));
            CommandLine line = command instanceof CommandLine made ? made : new CommandLine(command);
            addCommonOptions(line, common);
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

    /** @param common takes the options of each command, which are read when it is called */
    private static void addCommonOptions(CommandLine line, List<CommonOptions> common) {
        line.getSubcommands().values().forEach(command -> addCommonOptions(command, common));
        CommonOptions options = new CommonOptions();
        common.add(options);
        line.getCommandSpec().addMixin("graft", CommandSpec.forAnnotatedObject(options));
    }
}
