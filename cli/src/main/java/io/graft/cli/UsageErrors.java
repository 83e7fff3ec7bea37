package io.graft.cli;

import io.graft.cli.output.ExitCode;
import io.graft.problem.Printable;
import io.graft.problem.Suggestions;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
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
        err.println("graft: " + Printable.of(message(failure, command) + advice));
        err.println("See `" + command + " --help`.");
        return ExitCode.USAGE;
    }

    /** Of arguments that nobody takes only the first is told: those after it may have been meant for it. */
    private static String message(ParameterException failure, String command) {
        if (failure instanceof UnmatchedArgumentException unmatched && unmatched.isUnknownOption()) {
            String option = unmatched.getUnmatched().get(0);
            String near = Suggestions.didYouMean(unmatched.getSuggestions());
            return "`" + command + "` has no option `" + option + "`" + (near.isEmpty() ? "" : "; " + near);
        }
        if (failure instanceof UnmatchedArgumentException unmatched) {
            return unmatched(unmatched.getUnmatched().get(0), failure.getCommandLine(), command);
        }
        return failure.getMessage().replaceFirst("^Error: ", "");
    }

    private static String unmatched(String word, CommandLine line, String command) {
        if (line.getSubcommands().isEmpty()) {
            return "`" + word + "` is one argument more than `" + command + "` takes";
        }
        String near = Suggestions.didYouMean(word, line.getSubcommands().keySet());
        String advice = near.isEmpty()
                ? "it has " + String.join(", ", line.getSubcommands().keySet())
                : near;
        return "`" + command + "` has no command `" + word + "`; " + advice;
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
