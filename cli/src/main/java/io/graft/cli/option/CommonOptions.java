package io.graft.cli.option;

import io.graft.cli.output.ColorChoice;
import io.graft.cli.output.Version;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Options that every command takes. */
@Command(
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n")
public final class CommonOptions {
    @Option(
            names = "--extensions",
            paramLabel = "PATH",
            description =
                    "A jar, or a folder of jars, that brings modifiers, checkpoint formats or sources. Repeatable; also"
                            + " GRAFT_EXTENSIONS.")
    List<Path> extensions = new ArrayList<>();

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            defaultValue = "auto",
            description = "When to colour: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    public ColorChoice color = ColorChoice.auto;

    @Option(
            names = {"-v", "--verbose"},
            description = "List everything that a report shortens.")
    public boolean verbose;

    @Option(names = "--stacktrace", description = "Show where in the program a failure happened.")
    boolean stacktrace;
}
