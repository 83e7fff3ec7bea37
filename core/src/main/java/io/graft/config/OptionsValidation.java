package io.graft.config;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Holds the options that a program makes to the constraints that a file's have to keep. The binder is the one that is
 * generated beside the options record.
 *
 * <pre>{@code
 * LoraOptions options = OptionsValidation.requireValid(new LoraOptions_Binder(), new LoraOptions(8, 16, targets));
 * }</pre>
 */
public final class OptionsValidation {
    private OptionsValidation() {}

    /** What a file with these values would be told, without places; empty if every constraint holds. */
    public static <T, B extends Binder<T> & RecordWriter<T>> List<Problem> validate(B binder, T options) {
        ConfigCursor written =
                ConfigCursor.of(ConfigWriter.of(binder, options).toObject().toConfig());
        return binder.bind(written.ownedBy("`" + options.getClass().getSimpleName() + "`")).problems().stream()
                .map(OptionsValidation::withoutPlace)
                .toList();
    }

    /**
     * The options.
     *
     * @throws IllegalArgumentException if a constraint is broken; the message has one line for each error
     */
    public static <T, B extends Binder<T> & RecordWriter<T>> T requireValid(B binder, T options) {
        List<Problem> errors =
                validate(binder, options).stream().filter(Problem::isError).toList();
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(
                    errors.stream().map(OptionsValidation::line).collect(Collectors.joining("\n")));
        }
        return options;
    }

    private static String line(Problem problem) {
        String path = problem.path().isEmpty() ? "" : "`" + problem.path() + "`: ";
        return path + problem.message() + (problem.help().isEmpty() ? "" : "; " + problem.help());
    }

    private static Problem withoutPlace(Problem problem) {
        return new Problem(
                problem.code(),
                problem.severity(),
                problem.path(),
                Optional.empty(),
                problem.message(),
                problem.notes(),
                problem.help());
    }
}
