package io.graft.config.reading;

import com.typesafe.config.ConfigValueFactory;
import io.graft.config.writing.ConfigWriter;
import io.graft.config.writing.RecordWriter;
import io.graft.problem.Problem;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
     * The binder that was generated beside an options record; empty if there is none, or if its package is not exported.
     */
    static <T> Optional<OptionsBinder<T>> beside(Class<T> options) {
        try {
            Constructor<?> constructor = Class.forName(
                            options.getName().replace('$', '_') + "_Binder", true, options.getClassLoader())
                    .getDeclaredConstructor();
            // that of a record of its own package is of its own package, too
            constructor.setAccessible(true);
            @SuppressWarnings("unchecked")
            OptionsBinder<T> binder = (OptionsBinder<T>) constructor.newInstance();
            return Optional.of(binder);
        } catch (ReflectiveOperationException | LinkageError | InaccessibleObjectException | ClassCastException none) {
            return Optional.empty();
        }
    }

    /**
     * The options that a file with these values gives, with the defaults of the others.
     *
     * <pre>{@code
     * new LoraOptions_Binder().from(Map.of("rank", 4, "target-modules", List.of("query", "value")))
     * }</pre>
     *
     * @param values by kebab-case key: text, numbers, booleans, lists and maps, as
     *     {@link com.typesafe.config.ConfigValueFactory#fromAnyRef} takes them
     * @throws IllegalArgumentException if they have errors; the message has one line for each
     */
    default T from(Map<String, ?> values) {
        Bound<T> bound = bind(
                ConfigCursor.of(ConfigValueFactory.fromMap(values).toConfig()).ownedBy("the options record"));
        if (bound instanceof Bound.Ok<T> ok) {
            return ok.value();
        }
        throw new IllegalArgumentException(lines(bound.problems()));
    }

    /**
     * What a file with these values would be told, without places; empty if every constraint, every relation between keys and
     * every {@link io.graft.config.Check} holds.
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
        String errors = lines(validate(options));
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(errors);
        }
        return options;
    }

    private static String lines(List<Problem> problems) {
        return problems.stream()
                .filter(Problem::isError)
                .map(OptionsBinder::line)
                .collect(Collectors.joining("\n"));
    }

    private static String line(Problem problem) {
        String path = problem.path().isEmpty() ? "" : "`" + problem.path() + "`: ";
        return path + problem.message() + (problem.help().isEmpty() ? "" : "; " + problem.help());
    }
}
