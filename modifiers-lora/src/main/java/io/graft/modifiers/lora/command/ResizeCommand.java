package io.graft.modifiers.lora.command;

import io.graft.command.CommandConsole;
import io.graft.lora.dialect.AdapterDialects;
import io.graft.modifiers.lora.resize.AdapterResizer;
import io.graft.modifiers.lora.resize.ResizedAdapter;
import io.graft.report.JsonDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Gives the updates of an adapter a lower rank. */
@Command(
        name = "resize",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        description =
                "Gives the updates of an adapter a lower rank, each as near to what it was as that rank allows, and says what"
                        + " was lost: all of it, or nothing.")
public final class ResizeCommand implements Callable<Integer> {
    private final CommandConsole console;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "IN", description = "The adapter's folder, or its file of tensors.")
    private Path input;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT",
            required = true,
            description = "The folder for the new adapter; it must not exist.")
    private Path output;

    @ArgGroup(multiplicity = "1")
    private RankOptions rank;

    @Mixin
    private FromOption from;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    public ResizeCommand(CommandConsole console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        if (Files.exists(output)) {
            throw new ParameterException(
                    spec.commandLine(), "--output: `" + output + "` exists; name a folder that does not");
        }
        ResizedAdapter resized = new AdapterResizer(
                        rank.target(spec), from.dialects(AdapterDialects.discover(console.extensions())))
                .resize(input, output);
        if (json) {
            console.out().print(JsonDocument.of("lora resize", document -> ResizeJson.write(document, resized)));
        } else {
            ResizeText.print(console.out(), resized, "as it was");
        }
        return 0;
    }
}
