package io.graft.config;

import io.graft.problem.Problem;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What is generated beside each options record: it reads the record, writes it, and holds one that a program makes to the
 * constraints that a file's has to keep.
 *
 * <pre>{@code
 * LoraOptions options = new LoraOptions_Binder().requireValid(new LoraOptions(8, 16, targets));
 * }</pre>
 */
public interface OptionsBinder<T> extends Binder<T>, RecordWriter<T> {
    /**
     * What a file with these values would be told, without places; empty if every constraint, every relation between keys and
     * every {@link Check} holds.
     */
    default List<Problem> validate(T options) {
        // bound from what it writes, since a second walk over the rules could come to judge otherwise than a file's
        ConfigCursor written =
                ConfigCursor.of(ConfigWriter.of(this, options).toObject().toConfig());
        return bind(written.ownedBy("`" + options.getClass().getSimpleName() + "`")).problems().stream()
                .map(Problem::withoutPlace)
                .toList();
    }

    /**
     * The options.
     *
     * @throws IllegalArgumentException if {@link #validate} finds an error; the message has one line for each
     */
    default T requireValid(T options) {
        String errors = validate(options).stream()
                .filter(Problem::isError)
                .map(OptionsBinder::line)
                .collect(Collectors.joining("\n"));
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(errors);
        }
        return options;
    }

    private static String line(Problem problem) {
        String path = problem.path().isEmpty() ? "" : "`" + problem.path() + "`: ";
        return path + problem.message() + (problem.help().isEmpty() ? "" : "; " + problem.help());
    }
}
