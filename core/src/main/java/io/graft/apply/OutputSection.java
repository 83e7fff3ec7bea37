package io.graft.apply;

import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.config.Bound;
import io.graft.config.ConfigCursor;
import io.graft.config.Constraints;
import io.graft.config.Decoders;
import io.graft.config.Key;
import io.graft.config.ObjectBinding;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.registry.BoundPlug;
import io.graft.registry.PlugRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The {@code output} section of a configuration.
 *
 * @param format what the model's files are written as
 * @param maxShardSize bytes of tensor data that one file holds at most
 * @param options whether files are hashed ({@code digest}) and forced to the disk ({@code sync})
 * @param ofFormat the keys that it has and that say something of the format
 */
record OutputSection(
        OutputFolder folder, StateDictFormat format, long maxShardSize, WriteOptions options, List<String> ofFormat) {
    private static final String USUAL = "safetensors";
    private static final List<String> OF_FORMAT = List.of("format", "max-shard-size");

    /** What the report gives of each file, to check it by. */
    enum Digest {
        SHA256,
        NONE
    }

    /**
     * @param formats those that there are
     * @param demand what is done with it; if it is written, a folder that may not be is an error
     */
    static Bound<OutputSection> bind(ConfigCursor cursor, Demand demand, PlugRegistry formats) {
        ObjectBinding section = cursor.ownedBy("the section `output`").object();
        Key<Path> path = section.key("path", Decoders.path()).required();
        Key<StateDictFormat> format = section.key(
                        "format", given -> formats.outputFormat(given).map(BoundPlug::made))
                .orDefault(USUAL);
        Key<Long> maxShardSize = section.key("max-shard-size", Decoders.byteCount())
                .check(Constraints.range(1, Long.MAX_VALUE))
                .orDefault("5GB");
        Key<Boolean> overwrite = section.key("overwrite", Decoders.bool()).orDefault("false");
        Key<Digest> digest =
                section.key("digest", Decoders.enumeration(Digest.class)).orDefault("sha256");
        Key<Boolean> sync = section.key("sync", Decoders.bool()).orDefault("true");
        Bound<OutputSection> bound = section.finish(() -> new OutputSection(
                new OutputFolder(path.get(), overwrite.get()),
                format.get(),
                maxShardSize.get(),
                new WriteOptions(digest.get() == Digest.SHA256, sync.get(), Part.WHOLE),
                OF_FORMAT.stream().filter(given -> cursor.at(given).isPresent()).toList()));
        if (!(bound instanceof Bound.Ok<OutputSection> ok)) {
            return bound;
        }
        List<Problem> problems = new ArrayList<>(ok.problems());
        problems.addAll(ok.value().refusals(cursor, demand));
        return problems.stream().anyMatch(Problem::isError)
                ? new Bound.Failed<>(problems)
                : new Bound.Ok<>(ok.value(), problems);
    }

    /** The same for a model that is written in a format of its own. */
    OutputSection in(StateDictFormat own) {
        return new OutputSection(folder, own, maxShardSize, options, ofFormat);
    }

    /** What it says of the format, for a model that has one of its own. */
    List<Problem> refusals(String kind, StateDictFormat own) {
        return ofFormat.stream()
                .map(key -> new Problem(
                        ProblemCode.EXCLUSIVE,
                        Severity.ERROR,
                        "graft.output." + key,
                        Optional.empty(),
                        "`" + key + "` has no effect on a `" + kind + "` model, which is written as `" + own.fileName()
                                + "`",
                        List.of(),
                        "remove it"))
                .toList();
    }

    private List<Problem> refusals(ConfigCursor cursor, Demand demand) {
        List<Problem> problems = new ArrayList<>();
        ConfigCursor size = cursor.at("max-shard-size");
        if (size.isPresent() && !format.isDivisible()) {
            problems.add(size.error(
                    ProblemCode.EXCLUSIVE,
                    "`max-shard-size` has no effect with `format = " + format.id() + "`, which is written as one file",
                    "remove it, or write another format"));
        }
        if (demand.isPart() && !format.isDivisible()) {
            problems.add(cursor.at("format")
                    .error(
                            ProblemCode.UNSUPPORTED_CHANGE,
                            "`format = " + format.id() + "` is written as one file, which cannot be written in parts",
                            "write it in one run, or write another format"));
        }
        if (demand.writes()) {
            folder.refusal()
                    .ifPresent(message -> problems.add(cursor.at("path")
                            .error(
                                    ProblemCode.OUTPUT_EXISTS,
                                    message,
                                    "choose another path, or replace what Graft wrote there with overwrite = true")));
        }
        return problems;
    }
}
