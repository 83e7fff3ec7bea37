package io.graft.command;

/**
 * A command that a jar brings: {@code graft NAME ...}. {@link java.util.ServiceLoader} finds it when somebody asks for a command that
 * Graft does not have itself, or for the list of all.
 *
 * <p>The command is an object with the annotations of picocli, {@code @Command} on it or on its subcommands, which implement {@code
 * Callable<Integer>} and return an exit code: 0 done, 1 failed, 2 wrong usage. A jar compiles against picocli and does not bring it.
 * Graft adds its own options to each command: {@code --help}, {@code --version}, {@code --extensions}, {@code --color}, {@code
 * --verbose} and {@code --stacktrace}. Failures are best thrown: an exception that is {@link io.graft.problem.Explained}, or a
 * {@code GraftException}, is told in its words, and its code decides the exit code; with an option {@code --json}, as a document, too.
 */
public interface CommandProvider {
    /** What a person types: kebab-case, {@code [a-z][a-z0-9]*(-[a-z0-9]+)*}. The names of Graft's own commands are taken. */
    String name();

    /** One sentence for the list of commands. */
    String summary();

    /**
     * Makes the command, an object with picocli's annotations, or a {@code CommandLine} where it has subcommands that are given to it; only
     * what is asked for is made.
     *
     * @param console where it prints
     */
    Object command(CommandConsole console);
}
