package io.graft.cli;

import io.graft.cli.output.CommandException;
import io.graft.cli.output.Console;
import io.graft.cli.output.ExitCode;
import io.graft.cli.output.Version;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
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
        footerHeading = "%n",
        footer = "`graft help COMMAND` explains a command and its options.",
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
    private static final List<String> HELP = List.of("-h", "--help");

    @Spec
    private CommandSpec spec;

    /** Runs the command line and returns the exit code. */
    static int run(Console console, String... given) {
        String[] arguments = helping(given);
        Failures failures = new Failures(console);
        try {
            CommandLine line = Commands.askedFor(console, arguments)
                    .setOut(console.out())
                    .setErr(console.err())
                    .setUsageHelpAutoWidth(console.terminal())
                    .setCaseInsensitiveEnumValuesAllowed(true)
                    .setExecutionStrategy(GraftCommand::execute)
                    .setParameterExceptionHandler(new UsageErrors())
                    .setExecutionExceptionHandler(failures);
            return console.ended(line.execute(arguments));
        } catch (ParameterException unknown) {
            // these two are thrown before there is a command line that would handle them
            return console.ended(new UsageErrors().handleParseException(unknown, arguments));
        } catch (CommandException unusable) {
            return console.ended(failures.tell(unusable, List.of(arguments).contains("--stacktrace")));
        }
    }

    /** {@code help diff} is {@code diff --help}. */
    private static String[] helping(String... arguments) {
        if (arguments.length == 0 || !arguments[0].equals("help")) {
            return arguments;
        }
        Stream<String> asked = Arrays.stream(arguments).skip(1).filter(word -> !HELP.contains(word));
        return Stream.concat(asked, Stream.of("--help")).toArray(String[]::new);
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
