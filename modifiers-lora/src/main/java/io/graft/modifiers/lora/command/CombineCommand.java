package io.graft.modifiers.lora.command;

import io.graft.command.CommandConsole;
import io.graft.lora.dialect.AdapterDialects;
import io.graft.modifiers.lora.resize.AdapterCombiner;
import io.graft.modifiers.lora.resize.AdapterSummand;
import io.graft.modifiers.lora.resize.ResizedAdapter;
import io.graft.problem.ProblemRenderer;
import io.graft.report.JsonDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes one adapter of several. */
@Command(
        name = "combine",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        description =
                "Makes one adapter of several, whose updates are the weighted sums of theirs: exactly, at the sum of their"
                        + " ranks, or at a lower rank, and says what was lost: all of it, or nothing.")
public final class CombineCommand implements Callable<Integer> {
    private final CommandConsole console;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "IN[=WEIGHT]",
            description =
                    "An adapter's folder, or its file of tensors, and how much it counts, below 0 too. Default: 1.")
    private List<String> inputs = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT",
            required = true,
            description = "The folder for the new adapter; it must not exist.")
    private Path output;

    @ArgGroup
    private RankOptions rank;

    @Mixin
    private FromOption from;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    public CombineCommand(CommandConsole console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        if (Files.exists(output)) {
            throw new ParameterException(
                    spec.commandLine(), "--output: `" + output + "` exists; name a folder that does not");
        }
        ResizedAdapter combined = new AdapterCombiner(
                        Optional.ofNullable(rank).map(given -> given.target(spec)),
                        from.dialects(AdapterDialects.discover(console.extensions())))
                .combine(inputs.stream().map(this::summand).toList(), output);
        if (json) {
            console.out().print(JsonDocument.of("lora combine", document -> ResizeJson.write(document, combined)));
        } else {
            console.err().print(ProblemRenderer.plain().render(combined.problems()));
            ResizeText.print(console.out(), combined, "exact");
        }
        return 0;
    }

    private AdapterSummand summand(String text) {
        int equals = text.lastIndexOf('=');
        if (equals < 0 || Files.exists(Path.of(text))) {
            return new AdapterSummand(Path.of(text), 1);
        }
        try {
            return new AdapterSummand(
                    Path.of(text.substring(0, equals)), Double.parseDouble(text.substring(equals + 1)));
        } catch (IllegalArgumentException malformed) {
            throw new ParameterException(
                    spec.commandLine(),
                    "IN: `" + text + "` does not end in a number other than 0, as `" + text.substring(0, equals)
                            + "=-0.5`");
        }
    }
}
