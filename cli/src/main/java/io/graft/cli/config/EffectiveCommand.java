package io.graft.cli.config;

import io.graft.apply.FileRun;
import io.graft.apply.ModelModifierApplier;
import io.graft.cli.option.CommonOptions;
import io.graft.cli.option.ConfigOptions;
import io.graft.cli.option.Extensions;
import io.graft.cli.output.Console;
import io.graft.cli.output.ExitCode;
import io.graft.cli.output.ProblemText;
import io.graft.report.JsonDocument;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints a configuration as it is understood. */
@Command(
        name = "effective",
        description =
                "Prints FILE as it is understood: includes and substitutions resolved, keys under their names of today, defaults"
                        + " filled in, secrets left out. Opens neither a model nor a checkpoint.")
public final class EffectiveCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private CommonOptions common;

    @Mixin
    private ConfigOptions config;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    public EffectiveCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        FileRun asked = ModelModifierApplier.create(Extensions.load(common, console))
                .configuration(config.file(), config.overrides());
        new ProblemText(console, common.color).print(asked.check());
        Map<String, Object> effective = Map.of("graft", asked.effective());
        if (json) {
            console.printDocument("config effective", document -> {
                document.writeName("configuration");
                JsonDocument.writeValue(document, effective);
            });
        } else {
            console.out().print(HoconText.of(effective));
        }
        return ExitCode.DONE;
    }
}
