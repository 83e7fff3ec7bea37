package io.graft.cli.config;

import io.graft.GraftException;
import io.graft.apply.ModelModifierApplier;
import io.graft.cli.option.CommonOptions;
import io.graft.cli.option.ConfigOptions;
import io.graft.cli.option.Extensions;
import io.graft.cli.output.CommandException;
import io.graft.cli.output.Console;
import io.graft.cli.output.ExitCode;
import io.graft.cli.output.ProblemText;
import io.graft.cli.output.Version;
import io.graft.problem.Printable;
import io.graft.problem.Problem;
import io.graft.report.ReportJson;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Commands about configuration files. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n",
        description = "Checks configuration files, and describes them.")
public final class ConfigCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing a command: check, effective, schema or sample.");
    }

    /** Tells everything that is wrong with a file, without opening a model. */
    @Command(
            name = "check",
            description =
                    "Tells everything that is wrong with FILE, without opening a model or a checkpoint. FILE need not name a"
                            + " model: a program may have it.")
    public static final class CheckCommand implements Callable<Integer> {
        private final Console console;

        @Mixin
        private CommonOptions common;

        @Mixin
        private ConfigOptions config;

        @Option(names = "--json", description = "Print one JSON document.")
        private boolean json;

        public CheckCommand(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws Exception {
            List<Problem> warnings = ModelModifierApplier.create(Extensions.load(common, console))
                    .configuration(config.file(), config.overrides())
                    .check();
            new ProblemText(console, common.color).print(warnings);
            if (json) {
                console.out()
                        .print(ReportJson.compact("config check", Path.of("")).of(warnings));
            } else {
                console.out().println(Printable.of(config.file().toString()) + " is correct");
            }
            return ExitCode.DONE;
        }
    }

    /** Prints the JSON Schema of a whole file. */
    @Command(
            name = "schema",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            optionListHeading = "%nOptions:%n",
            description =
                    "Prints the JSON Schema of a configuration file with every modifier that is found, for editors and"
                            + " other tools.")
    public static final class SchemaCommand implements Callable<Integer> {
        private final Console console;

        @Mixin
        private CommonOptions common;

        public SchemaCommand(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws Exception {
            try {
                console.out()
                        .print(ModelModifierApplier.create(Extensions.load(common, console))
                                .schema());
            } catch (GraftException malformed) {
                Problem problem = malformed.problems().get(0);
                throw new CommandException(problem.code(), problem.message(), problem.help());
            }
            return ExitCode.DONE;
        }
    }
}
