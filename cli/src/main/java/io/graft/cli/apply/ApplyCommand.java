package io.graft.cli.apply;

import io.graft.Report;
import io.graft.apply.FileRun;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.write.Part;
import io.graft.cli.option.CommonOptions;
import io.graft.cli.option.ConfigOptions;
import io.graft.cli.option.Extensions;
import io.graft.cli.option.ProgressOption;
import io.graft.cli.output.Console;
import io.graft.cli.output.ExitCode;
import io.graft.cli.output.ProblemText;
import io.graft.report.ReportJson;
import io.graft.report.ReportText;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Modifies a model and writes the modified one. */
@Command(
        name = "apply",
        description = "Modifies the model that FILE names and writes the modified one: all of it, or nothing.")
public final class ApplyCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private CommonOptions common;

    @Mixin
    private ConfigOptions config;

    @Mixin
    private ProgressOption progress;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT",
            description = "The folder to write to, whatever the file says.")
    private Path output;

    @Option(
            names = "--partition",
            paramLabel = "I/N",
            converter = PartConverter.class,
            description = "Write part I of N, for as many processes. The one that ends last completes the output.")
    private Part part = Part.WHOLE;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    public ApplyCommand(Console console) {
        this.console = console;
    }

    /** Reads {@code 2/8}. */
    static final class PartConverter implements ITypeConverter<Part> {
        @Override
        public Part convert(String text) {
            try {
                return Part.parse(text);
            } catch (IllegalArgumentException none) {
                throw new TypeConversionException(none.getMessage());
            }
        }
    }

    @Override
    public Integer call() throws Exception {
        FileRun asked = ModelModifierApplier.create(Extensions.load(common, console))
                .watchedBy(progress.on(console))
                .configuration(config.file(), config.overrides());
        Report report = (output == null ? asked : asked.output(output)).run(part);
        new ProblemText(console, common.color).print(report.problems());
        if (json) {
            console.out().print(ReportJson.compact("apply", Path.of("")).of(report));
        } else {
            console.out().print((common.verbose ? ReportText.full() : ReportText.brief()).of(report));
        }
        return ExitCode.DONE;
    }
}
