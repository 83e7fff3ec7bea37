package io.graft.cli.featurize;

import io.graft.NamedTensor;
import io.graft.apply.FileRun;
import io.graft.apply.ModelModifierApplier;
import io.graft.apply.features.FeatureReport;
import io.graft.apply.features.FeatureRequest;
import io.graft.checkpoint.Checkpoint;
import io.graft.cli.option.CommonOptions;
import io.graft.cli.option.ConfigOptions;
import io.graft.cli.option.Extensions;
import io.graft.cli.option.ProgressOption;
import io.graft.cli.output.CommandException;
import io.graft.cli.output.Console;
import io.graft.cli.output.ExitCode;
import io.graft.cli.output.TextTable;
import io.graft.problem.Counts;
import io.graft.problem.Printable;
import io.graft.problem.ProblemCode;
import io.graft.problem.Suggestions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the modified model on inputs and writes what one of its modules gives. */
@Command(
        name = "featurize",
        description =
                "Modifies the model in memory, runs it on inputs batch by batch, and writes what one of its modules"
                        + " gives: features that a new head is trained on.")
public final class FeaturizeCommand implements Callable<Integer> {
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
            description = "A checkpoint with the inputs, named 0, 1, ... or as the model's arguments; the first axis of"
                    + " each are the rows.")
    private Path inputs;

    @Option(
            names = "--at",
            paramLabel = "MODULE",
            required = true,
            description = "The path of the module, such as encoder.layer.5: the last one that stays as it is.")
    private String module;

    @Option(
            names = "--keep",
            paramLabel = "NAME",
            description = "A tensor of the inputs that the model is not given, and that goes into OUT as it is, as"
                    + " labels. Repeatable.")
    private List<String> keep = new ArrayList<>();

    @Option(
            names = "--batch-size",
            paramLabel = "ROWS",
            defaultValue = "" + FeatureRequest.USUAL_BATCH,
            description = "Run the model on so many rows at a time. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT",
            required = true,
            description = "The file to write, in the format safetensors: outputs of the module as 0, 1, ...")
    private Path output;

    @Option(names = "--overwrite", description = "Replace the file OUT.")
    private boolean overwrite;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    public FeaturizeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        if (batchSize < 1) {
            throw new CommandException(
                    ProblemCode.OUT_OF_RANGE, "--batch-size: " + batchSize + " is not 1 or more", "give 32 or so");
        }
        FileRun asked = ModelModifierApplier.create(Extensions.load(common, console))
                .watchedBy(progress.on(console))
                .configuration(config.file(), config.overrides());
        FeatureReport report = asked.featurize(request());
        if (json) {
            console.printDocument("featurize", document -> FeaturizeJson.write(document, report));
        } else {
            print(report);
        }
        return ExitCode.DONE;
    }

    private FeatureRequest request() {
        Map<String, NamedTensor> given = new LinkedHashMap<>();
        Checkpoint.open(inputs).tensors().forEach((name, entry) -> given.put(name, NamedTensor.of(entry)));
        List<NamedTensor> kept = new ArrayList<>();
        for (String name : keep) {
            NamedTensor tensor = given.remove(name);
            if (tensor == null) {
                throw new CommandException(
                        ProblemCode.UNMATCHED_SELECTOR,
                        "--keep: `" + name + "` is none of the tensors of " + inputs,
                        Suggestions.didYouMean(name, given.keySet()));
            }
            kept.add(tensor);
        }
        return new FeatureRequest(module, List.copyOf(given.values()), kept, batchSize, output, overwrite);
    }

    private void print(FeatureReport report) {
        console.out()
                .println("what `" + Printable.of(report.module()) + "` gives for " + Counts.of(report.rows(), "row"));
        TextTable tensors = new TextTable();
        report.tensors()
                .forEach(tensor -> tensors.row(
                        Printable.of(tensor.name()),
                        tensor.dtype().name(),
                        tensor.shape().toString()));
        tensors.print(console.out(), "  ");
        TextTable files = new TextTable();
        files.row(
                Printable.of(report.file().path()),
                Counts.of(report.file().bytes(), "byte"),
                "sha256 " + report.file().sha256());
        files.print(console.out(), "");
        if (report.replaced()) {
            console.out().println("replaced " + Printable.of(report.file().path()));
        }
    }
}
