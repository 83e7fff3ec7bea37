package io.graft.cli.diff;

import io.graft.checkpoint.diff.CheckpointComparison;
import io.graft.checkpoint.diff.CheckpointDiff;
import io.graft.checkpoint.diff.Tolerance;
import io.graft.cli.option.CheckpointArgument;
import io.graft.cli.option.CommonOptions;
import io.graft.cli.option.DownloadOptions;
import io.graft.cli.option.Extensions;
import io.graft.cli.option.FetchRequest;
import io.graft.cli.option.GivenCheckpoint;
import io.graft.cli.option.KeysOption;
import io.graft.cli.option.RuleText;
import io.graft.cli.output.Console;
import io.graft.cli.output.ExitCode;
import io.graft.extension.ExtensionLoader;
import io.graft.extension.LoadedExtensions;
import io.graft.model.rules.Rules;
import io.graft.modifiers.transfer.SameNames;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Shows what differs between two checkpoints. */
@Command(
        name = "diff",
        description = "Shows what differs between two checkpoints: names, dtypes, shapes and values."
                + " Exits with 0 if nothing does, with 3 if something does.")
public final class DiffCommand implements Callable<Integer> {
    private static final String SHA256_A = "--sha256-a";
    private static final String SHA256_B = "--sha256-b";

    private final Console console;

    @Mixin
    private CommonOptions common;

    @Option(
            names = SHA256_A,
            paramLabel = "HEX",
            description = "The SHA-256 that A, or the index of its shards, must have.")
    private String sha256OfA;

    @Option(
            names = SHA256_B,
            paramLabel = "HEX",
            description = "The SHA-256 that B, or the index of its shards, must have.")
    private String sha256OfB;

    @Option(
            names = "--section-a",
            paramLabel = "NAME",
            description = "Take this section of A, such as ema, in place of the model's own.")
    private String sectionOfA;

    @Option(
            names = "--section-b",
            paramLabel = "NAME",
            description = "Take this section of B, in place of the model's own.")
    private String sectionOfB;

    @Mixin
    private DownloadOptions download;

    @Parameters(
            index = "0",
            paramLabel = "A",
            converter = CheckpointArgument.Converter.class,
            description = "A checkpoint file, a folder with one or with its shards, or a URI.")
    private CheckpointArgument a;

    @Parameters(
            index = "1",
            paramLabel = "B",
            converter = CheckpointArgument.Converter.class,
            description = "Another one, of the same format or of another.")
    private CheckpointArgument b;

    @Option(
            names = "--tolerance",
            paramLabel = "ABS[,REL]",
            converter = ToleranceConverter.class,
            description =
                    "How far values may be apart and still count as the same: |a - b| <= ABS + REL * |b|, as numpy and"
                            + " torch have it. Floating-point dtypes may then differ, too. Default: 0.")
    private Tolerance tolerance = Tolerance.EXACT;

    @Option(
            names = "--exact-names",
            description =
                    "Take names as they are. Without it a prefix of all names of one file, such as model, and segments of wrappers,"
                            + " such as _orig_mod, are recognised and told.")
    private boolean exactNames;

    @Option(
            names = "--rename",
            paramLabel = "FROM=TO",
            description =
                    "What A calls FROM, a tensor or a module with all below it, is TO in B. Or a table of names, such as gemma-3, or"
                            + " any rule as a configuration has it, which convert has as well; elements are then compared where"
                            + " the rule puts them. Repeatable; a prefix is looked for afterwards.")
    private List<String> rename = new ArrayList<>();

    @Mixin
    private KeysOption keys;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    public DiffCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        FetchRequest requestOfA = download.request(SHA256_A, sha256OfA, console).using(sectionOfA);
        FetchRequest requestOfB = download.request(SHA256_B, sha256OfB, console).using(sectionOfB);
        LoadedExtensions extensions = Extensions.load(common, console);
        GivenCheckpoint one = a.open(requestOfA, extensions);
        GivenCheckpoint other = b.open(requestOfB, extensions);
        CheckpointComparison all = CheckpointComparison.of(one.checkpoint(), other.checkpoint());
        Rules rules = ExtensionLoader.within(extensions, () -> RuleText.rules(rename));
        RuledNames ruled = RuledNames.of(one.checkpoint(), all.a(), rules);
        SameNames same = exactNames ? SameNames.EXACT : SameNames.between(ruled.tensors(), other.checkpoint());
        CheckpointComparison comparison =
                all.calling(ruled.tensors()).naming(same::inA).within(tolerance).watchedBy(requestOfA.progress());
        List<String> notes =
                Stream.concat(ruled.notes().stream(), same.notes().stream()).toList();
        CheckpointDiff diff = (keys.isGiven() ? comparison.only(selected(comparison)::contains) : comparison).run();
        if (json) {
            console.printDocument("diff", document -> DiffJson.write(document, one, other, tolerance, notes, diff));
        } else {
            new DiffText(console.out(), common.verbose).print(one, other, comparison, notes, diff);
        }
        return diff.isEqual() ? ExitCode.DONE : ExitCode.MISFIT;
    }

    private Set<String> selected(CheckpointComparison comparison) {
        Set<String> all = new LinkedHashSet<>();
        comparison.a().values().forEach(entry -> all.add(entry.name()));
        all.addAll(comparison.b().keySet());
        return keys.select(all, a.shown() + " and " + b.shown());
    }

    /** Reads {@code 1e-6} and {@code 1e-6,1e-5}. */
    static final class ToleranceConverter implements ITypeConverter<Tolerance> {
        @Override
        public Tolerance convert(String text) {
            try {
                return Tolerance.parse(text);
            } catch (IllegalArgumentException malformed) {
                throw new TypeConversionException(malformed.getMessage());
            }
        }
    }
}
