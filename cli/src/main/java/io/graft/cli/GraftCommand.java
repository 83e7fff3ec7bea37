package io.graft.cli;

import io.graft.cli.apply.ApplyCommand;
import io.graft.cli.apply.PlanCommand;
import io.graft.cli.config.ConfigCommand;
import io.graft.cli.convert.ConvertCommand;
import io.graft.cli.diff.DiffCommand;
import io.graft.cli.doctor.DoctorCommand;
import io.graft.cli.inspect.InspectCommand;
import io.graft.cli.modifiers.ModifiersCommand;
import io.graft.cli.output.Console;
import io.graft.cli.output.ExitCode;
import io.graft.cli.output.Version;
import io.graft.cli.verify.VerifyCommand;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
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
            "3:model and checkpoint do not fit, or verify or diff found a difference",
            "4:a checkpoint is missing, unreadable, unsupported or refused",
            "5:the engine or its native library is missing",
            "6:plan --detailed-exitcode found changes"
        })
final class GraftCommand implements Callable<Integer> {
    /** By name, in the order in which help lists them. */
    private static final Map<String, Function<Console, CommandLine>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("apply", console -> new CommandLine(new ApplyCommand(console)));
        COMMANDS.put("plan", console -> new CommandLine(new PlanCommand(console)));
        COMMANDS.put("verify", console -> new CommandLine(new VerifyCommand(console)));
        COMMANDS.put("inspect", console -> new CommandLine(new InspectCommand(console)));
        COMMANDS.put("diff", console -> new CommandLine(new DiffCommand(console)));
        COMMANDS.put("convert", console -> new CommandLine(new ConvertCommand(console)));
        COMMANDS.put("doctor", console -> new CommandLine(new DoctorCommand(console)));
        COMMANDS.put("modifiers", GraftCommand::modifiers);
        COMMANDS.put("config", GraftCommand::config);
        COMMANDS.put("generate-completion", console -> new CommandLine(new CompletionCommand(console)));
    }

    @Spec
    private CommandSpec spec;

    /** Runs the command line and returns the exit code. */
    static int run(Console console, String... arguments) {
        CommandLine line = with(made(arguments), console)
                .setOut(console.out())
                .setErr(console.err())
                .setUsageHelpAutoWidth(console.terminal())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionStrategy(GraftCommand::execute)
                .setParameterExceptionHandler(new UsageErrors())
                .setExecutionExceptionHandler(new Failures(console));
        return console.ended(line.execute(arguments));
    }

    /** The command line with every command. */
    static CommandLine whole(Console console) {
        return with(COMMANDS.keySet(), console);
    }

    private static CommandLine with(Set<String> commands, Console console) {
        CommandLine line = new CommandLine(new GraftCommand());
        commands.forEach(name -> line.addSubcommand(name, COMMANDS.get(name).apply(console)));
        return line;
    }

    /** The command that is asked for, or all: reading the annotations of every one takes longer than the work of some. */
    private static Set<String> made(String... arguments) {
        return arguments.length > 0 && COMMANDS.containsKey(arguments[0]) ? Set.of(arguments[0]) : COMMANDS.keySet();
    }

    private static CommandLine modifiers(Console console) {
        return new CommandLine(new ModifiersCommand())
                .addSubcommand(new ModifiersCommand.ListCommand(console))
                .addSubcommand(new ModifiersCommand.DescribeCommand(console))
                .addSubcommand(new ModifiersCommand.SampleCommand(console))
                .addSubcommand(new ModifiersCommand.SchemaCommand(console));
    }

    private static CommandLine config(Console console) {
        return new CommandLine(new ConfigCommand())
                .addSubcommand(new ConfigCommand.CheckCommand(console))
                .addSubcommand(new ConfigCommand.SchemaCommand(console));
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.USAGE;
    }

    /** Errors of the JVM, such as memory running out, go the way of exceptions: a person sees a line, not a stack trace. */
    static int execute(ParseResult arguments) {
        try {
            return new RunLast().execute(arguments);
        } catch (OutOfMemoryError | StackOverflowError | LinkageError | AssertionError error) {
            CommandLine command = arguments
                    .asCommandLineList()
                    .get(arguments.asCommandLineList().size() - 1);
            throw new ExecutionException(command, error.toString(), error);
        }
    }
}
