package io.graft.cli;

import io.graft.cli.output.ExitCode;
import io.graft.problem.Printable;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells a wrong command line in two lines: what is wrong with it, and where the right one is explained. */
final class UsageErrors implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        PrintWriter err = failure.getCommandLine().getErr();
        String command = failure.getCommandLine().getCommandSpec().qualifiedName();
        String advice = withoutOption(failure, arguments)
                .map(file -> "; did you mean `" + command + " -c " + file + "`?")
                .orElse("");
        err.println("graft: " + Printable.of(failure.getMessage() + advice));
        UnmatchedArgumentException.printSuggestions(failure, err);
        err.println("See `" + command + " --help`.");
        return ExitCode.USAGE;
    }

    /** The configuration that was named without the option that says so. */
    private static Optional<String> withoutOption(ParameterException failure, String... arguments) {
        boolean isMissing = failure instanceof MissingParameterException missing
                && missing.getMissing().stream()
                        .anyMatch(argument -> argument.isOption()
                                && List.of(((OptionSpec) argument).names()).contains("--config"));
        return Arrays.stream(arguments)
                .filter(argument -> isMissing && GivenFile.isConfiguration(argument))
                .findFirst();
    }
}
