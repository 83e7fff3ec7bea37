package io.graft.cli.option;

import io.graft.cli.output.CommandException;
import io.graft.cli.output.Console;
import io.graft.extension.LoadedExtensions;
import io.graft.extension.RefusedExtension;
import io.graft.problem.Printable;
import io.graft.problem.ProblemCode;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The extensions of this run: those of {@code --extensions}, of {@code GRAFT_EXTENSIONS}, and of the distribution's
 * {@code extensions} folder, whose place the launcher gives in the system property {@code io.graft.home}.
 */
public final class Extensions {
    private Extensions() {}

    /** Loads the extensions, and tells of what is there and is none. */
    public static LoadedExtensions load(CommonOptions options, Console console) {
        return load(options.extensions, console);
    }

    /**
     * Loads the extensions, and tells of what is there and is none.
     *
     * @param given what the command line names
     */
    public static LoadedExtensions load(List<Path> given, Console console) {
        LoadedExtensions loaded = find(given, console);
        for (RefusedExtension refused : loaded.refused()) {
            say(console, refused.message() + "; " + refused.help());
        }
        return loaded;
    }

    /**
     * Loads the extensions, for a command that reports what is none. They become the thread's context class loader too, where
     * checkpoint formats are looked for.
     */
    public static LoadedExtensions find(CommonOptions options, Console console) {
        return find(options.extensions, console);
    }

    private static LoadedExtensions find(List<Path> named, Console console) {
        LoadedExtensions loaded = LoadedExtensions.load(
                        given(named, console), distribution(), Extensions.class.getClassLoader())
                .watchedBy(message -> say(console, message));
        loaded.refused().stream()
                .filter(refused -> refused.kind() == RefusedExtension.Kind.NOT_FOUND)
                .findFirst()
                .ifPresent(Extensions::refuse);
        Thread.currentThread().setContextClassLoader(loaded);
        return loaded;
    }

    private static void say(Console console, String message) {
        console.err().println("graft: " + Printable.of(message));
        console.err().flush();
    }

    private static void refuse(RefusedExtension absent) {
        throw new CommandException(
                ProblemCode.EXTENSION_NOT_FOUND,
                absent.message(),
                "give a jar or a folder of jars in --extensions or GRAFT_EXTENSIONS");
    }

    private static List<Path> given(List<Path> options, Console console) {
        List<Path> given = new ArrayList<>(options);
        String variable = console.environment().getOrDefault("GRAFT_EXTENSIONS", "");
        for (String entry : variable.split(File.pathSeparator)) {
            if (!entry.isBlank()) {
                given.add(Path.of(entry));
            }
        }
        return given;
    }

    private static List<Path> distribution() {
        String home = System.getProperty("io.graft.home", "");
        return home.isEmpty() ? List.of() : List.of(Path.of(home, "extensions"));
    }
}
