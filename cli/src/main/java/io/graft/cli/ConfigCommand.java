package io.graft.cli;

import io.graft.apply.ModelModifierApplier;
import io.graft.apply.ReportJson;
import io.graft.config.Problem;
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
        description = "Checks configuration files.")
final class ConfigCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing a command: check.");
    }

    /** Tells everything that is wrong with a file, without opening a model. */
    @Command(
            name = "check",
            description =
                    "Tells everything that is wrong with FILE, without opening a model or a checkpoint. FILE need not name a"
                            + " model: a program may have it.")
    static final class CheckCommand implements Callable<Integer> {
        private final Console console;

        @Mixin
        private CommonOptions common;

        @Mixin
        private ConfigOptions config;

        @Option(names = "--json", description = "Print one JSON document.")
        private boolean json;

        CheckCommand(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws Exception {
            ModelModifierApplier applier = ModelModifierApplier.create(Extensions.load(common, console));
            List<Problem> warnings = applier.check(config.file(), config.overrides());
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
}
