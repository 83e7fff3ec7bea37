package io.graft.cli.map;

import io.graft.GraftException;
import io.graft.Plan;
import io.graft.SourceCheckpoint;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.cli.option.CheckpointArgument;
import io.graft.cli.option.CommonOptions;
import io.graft.cli.option.Extensions;
import io.graft.cli.option.FetchOptions;
import io.graft.cli.option.FetchRequest;
import io.graft.cli.option.GivenCheckpoint;
import io.graft.cli.output.CommandException;
import io.graft.cli.output.Console;
import io.graft.cli.output.ExitCode;
import io.graft.extension.LoadedExtensions;
import io.graft.model.ModelDraft;
import io.graft.model.rules.NameTables;
import io.graft.modifiers.transfer.SuggestedRules;
import io.graft.problem.Counts;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Proposes how a checkpoint's names become a model's. */
@Command(
        name = "suggest",
        description =
                "Proposes a modifier that fills a model from a checkpoint of other names: known tables, a prefix, and"
                        + " renames that names, shapes and order tell. Prints HOCON to paste, tried in a plan. Reads headers only.")
public final class SuggestCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private CommonOptions common;

    @Mixin
    private FetchOptions fetch;

    @Option(
            names = "--from",
            paramLabel = "CHECKPOINT",
            required = true,
            converter = CheckpointArgument.Converter.class,
            description = "The checkpoint: a file, a folder with one or with its shards, or a URI.")
    private CheckpointArgument from;

    @Option(
            names = "--to",
            paramLabel = "MODEL",
            required = true,
            description = "The model: a checkpoint, a configuration (.conf) whose model it is, or the class of a"
                    + " block factory, such as io.graft.models.Bert.")
    private String to;

    @Option(
            names = "--arguments",
            paramLabel = "HOCON",
            defaultValue = "",
            description = "Arguments of the block factory, such as '{ config = \"config.json\" }'.")
    private String arguments;

    @Option(
            names = "--number",
            paramLabel = "NAME=N",
            description =
                    "A number that a table of names needs, such as heads=32. Those in config.json or params.json beside"
                            + " the checkpoint are known. Repeatable.")
    private List<String> numbers = new ArrayList<>();

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    public SuggestCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        LoadedExtensions extensions = Extensions.load(common, console);
        FetchRequest request = fetch.request(console);
        GivenCheckpoint source = from.open(request, extensions);
        ModelModifierApplier applier = ModelModifierApplier.create(extensions).watchedBy(request.progress());
        ModelArgument target = ModelArgument.of(to, arguments, applier, fetch.requestOfAnother(console), extensions);
        Plan asIs = committable(target.run("[]").plan());
        ModelDraft model = new ModelDraft(List.of(), asIs.tensors());
        SuggestedRules rules = rules(source, model, NameTables.discover(extensions));
        String modifier = Proposal.modifier(source.uri(), request.section(), rules);
        Plan plan = target.run("[" + modifier + "]").plan();
        if (plan.problems().stream().anyMatch(problem -> problem.code() == ProblemCode.NOTHING_LOADED)) {
            throw new CommandException(
                    ProblemCode.NOTHING_LOADED,
                    "no rules are found by which anything of `" + from.shown() + "`, "
                            + Counts.of(source.checkpoint().tensors().size(), "tensor") + ", fits `" + to + "`, "
                            + Counts.of(model.tensors().size(), "tensor"),
                    "the one has " + some(source.checkpoint()) + ", the other "
                            + FirstFew.names(model.tensors().stream()
                                    .map(tensor -> tensor.name())
                                    .toList()));
        }
        Proposal proposal = Proposal.of(source, request.section(), to, rules, committable(plan));
        if (json) {
            console.printDocument("map suggest", document -> SuggestJson.write(document, proposal));
        } else {
            new SuggestText(console.out(), common.verbose).print(proposal);
        }
        return ExitCode.DONE;
    }

    private static String some(Checkpoint checkpoint) {
        return FirstFew.names(checkpoint.tensors().keySet());
    }

    private SuggestedRules rules(GivenCheckpoint source, ModelDraft model, NameTables tables) {
        SourceCheckpoint checkpoint = new SourceCheckpoint(source.uri(), source.checkpoint());
        Map<String, Integer> given = TableNumbers.of(numbers);
        ModelConfiguration meta = meta(source);
        Optional<SuggestedRules.Wanting> wanting = SuggestedRules.wanting(checkpoint, model, tables, given, meta);
        if (wanting.isPresent()) {
            String number = wanting.get().numbers().get(0);
            throw new CommandException(
                    ProblemCode.MISSING_KEY,
                    "the table of names `" + wanting.get().table().id() + "` seems right, and needs `" + number + "`: "
                            + wanting.get().table().numbers().get(number).what(),
                    "give --number " + number + "=N");
        }
        return SuggestedRules.of(checkpoint, model, tables, given, meta);
    }

    /** Meta's own file; that of transformers is read with the checkpoint. */
    private ModelConfiguration meta(GivenCheckpoint source) {
        return source.folder()
                .or(() -> from.path().map(path -> path.toAbsolutePath().getParent()))
                .map(folder -> folder.resolve("params.json"))
                .filter(Files::isRegularFile)
                .map(ModelConfiguration::of)
                .orElse(ModelConfiguration.NONE);
    }

    /** A plan that can be carried out. */
    private static Plan committable(Plan plan) {
        if (plan.isCommittable()) {
            return plan;
        }
        throw new GraftException(plan.problems(), null);
    }
}
