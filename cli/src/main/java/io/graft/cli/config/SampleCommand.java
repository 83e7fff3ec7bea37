package io.graft.cli.config;

import io.graft.cli.option.CheckpointArgument;
import io.graft.cli.option.CommonOptions;
import io.graft.cli.option.Extensions;
import io.graft.cli.option.FetchOptions;
import io.graft.cli.output.Console;
import io.graft.cli.output.ExitCode;
import io.graft.extension.LoadedExtensions;
import io.graft.registry.PlugRegistry;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints a whole configuration to start from. */
@Command(
        name = "sample",
        description =
                "Prints a whole configuration to start from, with every key and every modifier that is found, explained.")
public final class SampleCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private CommonOptions common;

    @Mixin
    private FetchOptions fetch;

    @Option(
            names = "--for",
            paramLabel = "MODEL",
            converter = CheckpointArgument.Converter.class,
            description = "A checkpoint whose names serve as examples; the configuration is for it.")
    private CheckpointArgument model;

    public SampleCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        LoadedExtensions extensions = Extensions.load(common, console);
        Optional<ExampleModel> example = Optional.ofNullable(model)
                .map(given -> ExampleModel.of(
                        given.shown(),
                        given.open(fetch.request(console), extensions).checkpoint()));
        console.out().print(new SampleText(PlugRegistry.discover(extensions), example).text());
        return ExitCode.DONE;
    }
}
