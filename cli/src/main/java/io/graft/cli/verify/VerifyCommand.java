package io.graft.cli.verify;

import io.graft.NamedTensor;
import io.graft.apply.FileRun;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.Checkpoint;
import io.graft.cli.option.CommonOptions;
import io.graft.cli.option.ConfigOptions;
import io.graft.cli.option.Extensions;
import io.graft.cli.option.ProgressOption;
import io.graft.cli.output.CommandException;
import io.graft.cli.output.Console;
import io.graft.cli.output.ExitCode;
import io.graft.cli.output.TextTable;
import io.graft.djl.forward.OutputComparison;
import io.graft.problem.Printable;
import io.graft.problem.ProblemCode;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the modified model on inputs and compares its outputs with the expected ones. */
@Command(
        name = "verify",
        description =
                "Modifies the model in memory, runs it, and compares its outputs with expected ones. Writes nothing.")
public final class VerifyCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private CommonOptions common;

    @Mixin
    private ConfigOptions config;

    @Mixin
    private ProgressOption progress;

    @Option(
            names = "--inputs",
            paramLabel = "IN",
            required = true,
            description = "A checkpoint with the inputs, named 0, 1, ... or as the model's arguments.")
    private Path inputs;

    @Option(
            names = "--expected",
            paramLabel = "OUT",
            required = true,
            description = "A checkpoint with the expected outputs, named 0, 1, ...")
    private Path expected;

    @Option(
            names = "--tolerance",
            paramLabel = "T",
            defaultValue = "1e-5",
            description =
                    "The largest difference allowed: absolute up to 1, relative above. Default: ${DEFAULT-VALUE}.")
    private double tolerance;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    public VerifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        if (!(tolerance >= 0)) {
            throw new CommandException(
                    ProblemCode.OUT_OF_RANGE,
                    "--tolerance: " + tolerance + " is not 0 or more",
                    "give a number as 1e-5");
        }
        FileRun asked = ModelModifierApplier.create(Extensions.load(common, console))
                .watchedBy(progress.on(console))
                .configuration(config.file(), config.overrides());
        List<NamedTensor> given = tensors(inputs);
        List<NamedTensor> wanted = tensors(expected);
        OutputComparison comparison = OutputComparison.of(asked.forward(given), wanted, tolerance);
        if (json) {
            console.printDocument("verify", document -> VerifyJson.write(document, comparison));
        } else {
            print(comparison);
        }
        return comparison.agrees() ? ExitCode.DONE : ExitCode.MISFIT;
    }

    private static List<NamedTensor> tensors(Path path) {
        return Checkpoint.open(path).tensors().values().stream()
                .map(NamedTensor::of)
                .toList();
    }

    private void print(OutputComparison comparison) {
        TextTable table = new TextTable();
        for (OutputComparison.Difference output : comparison.outputs()) {
            VerifyText text = new VerifyText(output);
            table.row(output.agrees() ? "same" : "DIFFERS", Printable.of(output.name()), text.finding());
            text.details().forEach(line -> table.row("", "", line));
        }
        comparison.missing().forEach(name -> table.row("MISSING", Printable.of(name), "the model does not give it"));
        comparison.extra().forEach(name -> table.row("EXTRA", Printable.of(name), "it is not among the expected ones"));
        table.print(console.out(), "");
    }
}
