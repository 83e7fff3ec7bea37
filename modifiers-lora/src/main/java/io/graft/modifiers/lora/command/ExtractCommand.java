package io.graft.modifiers.lora.command;

import io.graft.checkpoint.Checkpoint;
import io.graft.command.CommandConsole;
import io.graft.layer.LayerKind;
import io.graft.model.tree.Selector;
import io.graft.modifiers.lora.extract.AdapterExtractor;
import io.graft.modifiers.lora.extract.ExtractedAdapter;
import io.graft.problem.Spelling;
import io.graft.report.JsonDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes an adapter of two checkpoints. */
@Command(
        name = "extract",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        description =
                "Makes an adapter of what a training changed: for each weight the factors that are nearest to the difference."
                        + " Says what was lost, and what differs elsewhere: all of it, or nothing.")
public final class ExtractCommand implements Callable<Integer> {
    private final CommandConsole console;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "BASE", description = "The checkpoint that was trained from.")
    private Path base;

    @Parameters(index = "1", paramLabel = "TRAINED", description = "What came of it, of the same names and shapes.")
    private Path trained;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT",
            required = true,
            description = "The folder for the adapter; it must not exist.")
    private Path output;

    @ArgGroup(multiplicity = "1")
    private RankOptions rank;

    @Option(
            names = "--target-modules",
            paramLabel = "NAME",
            split = ",",
            description =
                    "The modules that get updates, by their names or dotted ends of them. Without it, all that differ.")
    private List<String> targets = new ArrayList<>();

    @Option(
            names = "--modules-to-save",
            paramLabel = "NAME",
            split = ",",
            description = "Modules that the adapter has whole, such as a head, with their biases and norms.")
    private List<String> whole = new ArrayList<>();

    @Option(
            names = "--layer",
            paramLabel = "MODULE=KIND",
            description =
                    "What kind of layer modules are, where names and biases do not tell: linear, transposed, embedding or"
                            + " convolution. Repeatable.")
    private Map<String, String> layers = new LinkedHashMap<>();

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    public ExtractCommand(CommandConsole console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        if (Files.exists(output)) {
            throw new ParameterException(
                    spec.commandLine(), "--output: `" + output + "` exists; name a folder that does not");
        }
        AdapterExtractor extractor = new AdapterExtractor(rank.target(spec), targets, whole, kinds());
        ExtractedAdapter extracted = extractor.extract(
                Checkpoint.open(base, console.extensions()), Checkpoint.open(trained, console.extensions()), output);
        if (json) {
            console.out().print(JsonDocument.of("lora extract", document -> ExtractJson.write(document, extracted)));
        } else {
            ExtractText.print(console.out(), extracted, console.isVerbose());
        }
        return 0;
    }

    private Map<String, LayerKind> kinds() {
        Map<String, LayerKind> kinds = new LinkedHashMap<>();
        layers.forEach((selector, kind) -> {
            try {
                Selector.parse(selector);
                kinds.put(
                        selector, Spelling.constant(LayerKind.class, kind).orElseThrow(IllegalArgumentException::new));
            } catch (IllegalArgumentException malformed) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--layer: `" + selector + "=" + kind
                                + "` is not a module and linear, transposed, embedding or convolution, as"
                                + " `**.c_attn=transposed`");
            }
        });
        return kinds;
    }
}
