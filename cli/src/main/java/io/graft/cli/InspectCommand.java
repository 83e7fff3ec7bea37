package io.graft.cli;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.config.ProblemCode;
import io.graft.model.DraftTensor;
import io.graft.model.LazyTensor;
import io.graft.model.ModelDraft;
import io.graft.model.Selector;
import io.graft.model.TensorKind;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a checkpoint holds. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description = "Shows what a checkpoint holds. Reads headers only and executes nothing that is in the file.")
final class InspectCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private CommonOptions common;

    @Parameters(
            paramLabel = "PATH",
            description = "A checkpoint file, or a folder with model.safetensors or its index.")
    private Path path;

    @Option(
            names = "--keys",
            paramLabel = "SELECTOR",
            description =
                    "Only these tensors: a dotted path, with * for one segment and ** for any number, or re:REGEX.")
    private String keys;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    InspectCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        Extensions.load(common, console);
        Checkpoint checkpoint = Checkpoint.open(path);
        Collection<TensorEntry> shown = selected(checkpoint);
        if (json) {
            JsonOutput.print(console.out(), "inspect", document -> InspectJson.write(document, checkpoint, shown));
        } else {
            new InspectText(console.out()).print(checkpoint, shown);
        }
        return ExitCode.DONE;
    }

    private Collection<TensorEntry> selected(Checkpoint checkpoint) {
        if (keys == null) {
            return checkpoint.tensors().values();
        }
        Selector selector;
        try {
            selector = Selector.parse(keys);
        } catch (IllegalArgumentException malformed) {
            throw new CommandException(ProblemCode.MALFORMED_VALUE, "--keys: " + malformed.getMessage());
        }
        List<DraftTensor> tensors = checkpoint.tensors().values().stream()
                .map(entry -> DraftTensor.initial(
                        entry.name(), Set.of(), TensorKind.PARAMETER, true, LazyTensor.of(entry, "")))
                .toList();
        List<String> names = new ModelDraft(List.of(), tensors).select(selector).tensors();
        if (names.isEmpty()) {
            throw new CommandException(
                    ProblemCode.UNMATCHED_SELECTOR,
                    "--keys: `" + keys + "` matches none of the " + tensors.size() + " tensors of " + path);
        }
        return names.stream().map(checkpoint.tensors()::get).toList();
    }
}
