package io.graft.cli.convert;

import com.typesafe.config.ConfigFactory;
import io.graft.checkpoint.write.NamedFormat;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.cli.option.CheckpointArgument;
import io.graft.cli.option.CommonOptions;
import io.graft.cli.option.Extensions;
import io.graft.cli.option.FetchOptions;
import io.graft.cli.option.FetchRequest;
import io.graft.cli.option.GivenCheckpoint;
import io.graft.cli.option.KeysOption;
import io.graft.cli.option.RuleText;
import io.graft.cli.output.CommandException;
import io.graft.cli.output.Console;
import io.graft.cli.output.ExitCode;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.convert.CheckpointConverter;
import io.graft.convert.Conversion;
import io.graft.convert.ConversionReport;
import io.graft.convert.NameChanges;
import io.graft.convert.NewDtype;
import io.graft.convert.TensorChoice;
import io.graft.extension.ExtensionLoader;
import io.graft.extension.LoadedExtensions;
import io.graft.model.rules.Rules;
import io.graft.model.tree.Selector;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.registry.BoundPlug;
import io.graft.registry.PlugRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a checkpoint in another format, under other names, or with another dtype. */
@Command(
        name = "convert",
        description = "Writes a checkpoint in another format, under other names, or with another dtype:"
                + " all of it, or nothing. The input stays as it is.")
public final class ConvertCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private CommonOptions common;

    @Mixin
    private FetchOptions fetch;

    @Parameters(
            index = "0",
            paramLabel = "IN",
            converter = CheckpointArgument.Converter.class,
            description = "A checkpoint file, a folder with one or with its shards, or a URI.")
    private CheckpointArgument input;

    @Parameters(
            index = "1",
            paramLabel = "OUT",
            description = "A folder, for model.safetensors or its shards; or one file:"
                    + " .safetensors, .gguf, .ckpt, .pth, .pt or .bin, or as the format of a jar has it.")
    private Path output;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description =
                    "Write safetensors, pytorch, gguf or a format of a jar, whatever OUT is called. With options, as in a"
                            + " configuration: '{ type = ..., level = 3 }'.")
    private String format;

    @Option(
            names = "--dtype",
            paramLabel = "DTYPE",
            description =
                    "Convert floating-point tensors to F16, BF16, F32 or F64; or pack matrices into blocks that a GGUF file"
                            + " holds, such as Q8_0, Q4_K or Q6_K. The others stay as they are.")
    private String dtype;

    @Option(
            names = "--max-shard-size",
            paramLabel = "SIZE",
            description = "Put at most this much data into one file of a folder. Default: 5GB.")
    private String maxShardSize;

    @Mixin
    private KeysOption keys;

    @Option(names = "--exclude", paramLabel = "SELECTOR", description = "Leave these tensors out. Repeatable.")
    private List<String> exclude = new ArrayList<>();

    @Option(
            names = "--strip-prefix",
            paramLabel = "PREFIX",
            description = "Remove this prefix, such as model, from the keys that have it; whole segments.")
    private String stripPrefix;

    @Option(
            names = "--rename",
            paramLabel = "FROM=TO",
            description =
                    "Rename a key, or a module and all below it, after the prefix is stripped. In FROM, * stands for"
                            + " one segment, re: begins a regular expression for the whole; in TO, $1 is what the first * or"
                            + " group matched. Or a table of names, such as gemma-3, or any rule as a configuration has it, such as"
                            + " '{ type = transpose, tensors = a.weight }'. Repeatable; the first rule that fits a key takes it.")
    private List<String> rename = new ArrayList<>();

    @Option(
            names = "--add-prefix",
            paramLabel = "PREFIX",
            description = "Put these segments before every name, after the rules.")
    private String addPrefix;

    @Option(names = "--overwrite", description = "Replace the file OUT, or the model in the folder OUT.")
    private boolean overwrite;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    public ConvertCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        LoadedExtensions extensions = Extensions.load(common, console);
        PlugRegistry registry = PlugRegistry.discover(extensions);
        Conversion conversion = ExtensionLoader.within(extensions, () -> conversion(registry));
        FetchRequest request = fetch.request(console);
        GivenCheckpoint given = input.open(request, extensions);
        ConversionReport report = new CheckpointConverter(conversion, registry.stateDictFormats())
                .watchedBy(request.progress())
                .convert(given.checkpoint(), given.belongings(), output);
        if (json) {
            console.printDocument("convert", document -> ConvertJson.write(document, given, report));
        } else {
            new ConvertText(console.out(), common.verbose).print(given, report, dtype != null);
        }
        return ExitCode.DONE;
    }

    private Conversion conversion(PlugRegistry registry) {
        Rules rules = RuleText.rules(rename);
        TensorChoice tensors = new TensorChoice(keys.selectors(), selectors("--exclude", exclude));
        NameChanges names = checked(
                "--strip-prefix", () -> new NameChanges(Optional.ofNullable(stripPrefix), rules, Optional.empty()));
        NameChanges all = checked(
                "--add-prefix",
                () -> new NameChanges(names.stripPrefix(), names.rules(), Optional.ofNullable(addPrefix)));
        Optional<NewDtype> type = Optional.ofNullable(dtype).map(ConvertCommand::type);
        Optional<Long> size = Optional.ofNullable(maxShardSize).map(ConvertCommand::bytes);
        Optional<NamedFormat> written = Optional.ofNullable(format).map(text -> format(text, registry));
        return new Conversion(written, tensors, type, all, size, overwrite);
    }

    private static List<Selector> selectors(String option, List<String> texts) {
        return texts.stream()
                .map(text -> checked(option, () -> Selector.parse(text)))
                .toList();
    }

    /** As {@code output.format} of a configuration is read, all that is wrong with it in one line. */
    private static NamedFormat format(String text, PlugRegistry registry) {
        Bound<BoundPlug<StateDictFormat>> bound = registry.outputFormat(ConfigCursor.literal(text));
        if (bound instanceof Bound.Ok<BoundPlug<StateDictFormat>> ok) {
            return new NamedFormat(
                    ok.value().id(), ok.value().origin(), ok.value().made());
        }
        List<Problem> errors =
                bound.problems().stream().filter(Problem::isError).toList();
        throw new CommandException(
                errors.get(0).code(),
                "--format: " + errors.stream().map(Problem::message).collect(Collectors.joining("; ")),
                errors.stream()
                        .flatMap(problem -> Stream.concat(problem.notes().stream(), Stream.of(problem.help())))
                        .filter(advice -> !advice.isEmpty())
                        .distinct()
                        .collect(Collectors.joining("; ")));
    }

    private static NewDtype type(String text) {
        return checked("--dtype", () -> NewDtype.find(text))
                .orElseThrow(() -> new CommandException(
                        ProblemCode.UNKNOWN_ENUM, "--dtype: `" + text + "` is no dtype", "give " + NewDtype.ALLOWED));
    }

    private static long bytes(String text) {
        Bound<Long> size = Decoders.byteCount()
                .decode(ConfigCursor.of(ConfigFactory.parseMap(Map.of("size", text)))
                        .at("size"));
        if (size instanceof Bound.Ok<Long> ok) {
            if (ok.value() > 0) {
                return ok.value();
            }
            throw new CommandException(
                    ProblemCode.OUT_OF_RANGE, "--max-shard-size: `" + text + "` is too small", "give 1B or more");
        }
        Problem problem = size.problems().get(0);
        throw new CommandException(problem.code(), "--max-shard-size: " + problem.message(), problem.help());
    }

    private static <T> T checked(String option, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException malformed) {
            throw new CommandException(ProblemCode.MALFORMED_VALUE, option + ": " + malformed.getMessage(), "");
        }
    }
}
