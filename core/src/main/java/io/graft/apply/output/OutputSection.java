package io.graft.apply.output;

import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.checkpoint.write.StateDictFormats;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Key;
import io.graft.config.reading.ObjectBinding;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.registry.BoundPlug;
import io.graft.registry.PlugRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The {@code output} section of a configuration.
 *
 * @param path of the folder, as the configuration writes it
 * @param format what the model's files are written as
 * @param maxShardSize bytes of tensor data that one file holds at most
 * @param options whether files are hashed ({@code digest}) and forced to the disk ({@code sync})
 * @param ofFormat the keys that it has and that say something of the format
 */
public record OutputSection(
        OutputFolder folder,
        String path,
        BoundPlug<StateDictFormat> format,
        long maxShardSize,
        WriteOptions options,
        List<ConfigCursor> ofFormat) {
    private static final List<String> OF_FORMAT = List.of("format", "max-shard-size");

    /** What the report gives of each file, to check it by. */
    public enum Digest {
        SHA256,
        NONE
    }

    /**
     * @param formats those that there are
     * @param writing what is done with it; if it is written, a folder that may not be is an error
     */
    public static Bound<OutputSection> bind(ConfigCursor cursor, Writing writing, PlugRegistry formats) {
        ObjectBinding section = cursor.ownedBy("the section `output`").object();
        Key<Path> path = section.key("path", Decoders.path()).required();
        Key<BoundPlug<StateDictFormat>> format =
                section.key("format", formats::outputFormat).orDefault(StateDictFormats.USUAL);
        Key<Long> maxShardSize = section.key("max-shard-size", Decoders.byteCount())
                .check(Constraints.range(1, Long.MAX_VALUE))
                .orDefault("5GB");
        Key<Boolean> overwrite = section.key("overwrite", Decoders.bool()).orDefault("false");
        Key<Digest> digest =
                section.key("digest", Decoders.enumeration(Digest.class)).orDefault("sha256");
        Key<Boolean> sync = section.key("sync", Decoders.bool()).orDefault("true");
        Bound<OutputSection> bound = section.finish(() -> new OutputSection(
                new OutputFolder(path.get(), overwrite.get()),
                cursor.at("path").text().orElseThrow(),
                format.get(),
                maxShardSize.get(),
                new WriteOptions(digest.get() == Digest.SHA256, sync.get(), Part.WHOLE),
                OF_FORMAT.stream()
                        .map(cursor::at)
                        .filter(ConfigCursor::isPresent)
                        .toList()));
        if (!(bound instanceof Bound.Ok<OutputSection> ok)) {
            return bound;
        }
        List<Problem> problems = new ArrayList<>(ok.problems());
        problems.addAll(ok.value().refusals(cursor, writing));
        return problems.stream().anyMatch(Problem::isError)
                ? new Bound.Failed<>(problems)
                : new Bound.Ok<>(ok.value(), problems);
    }

    /** The format itself. */
    public StateDictFormat writer() {
        return format.made();
    }

    /**
     * The same for a model that is written in a format of its own.
     *
     * @param kind of the model
     */
    public OutputSection in(String kind, StateDictFormat own) {
        BoundPlug<StateDictFormat> made = new BoundPlug<>(kind, format.origin(), own, Map.of(), format.cursor());
        return new OutputSection(folder, path, made, maxShardSize, options, ofFormat);
    }

    /** What it says of the format, for a model that has one of its own. */
    public List<Problem> refusals(String kind, StateDictFormat own) {
        return ofFormat.stream()
                .map(given -> given.keyError(
                        ProblemCode.EXCLUSIVE,
                        "`" + given.path().substring(given.path().lastIndexOf('.') + 1) + "` has no effect on a `"
                                + kind + "` model, which is written as `" + own.fileName() + "`",
                        "remove it"))
                .toList();
    }

    private List<Problem> refusals(ConfigCursor cursor, Writing writing) {
        List<Problem> problems = new ArrayList<>();
        ConfigCursor size = cursor.at("max-shard-size");
        if (size.isPresent() && !writer().isDivisible()) {
            problems.add(size.error(
                    ProblemCode.EXCLUSIVE,
                    "`max-shard-size` has no effect with `format = " + format.id() + "`, which is written as one file",
                    "remove it, or write another format"));
        }
        if (writing == Writing.PARTS && !writer().isDivisible()) {
            problems.add(cursor.at("format")
                    .error(
                            ProblemCode.UNSUPPORTED_CHANGE,
                            "`format = " + format.id() + "` is written as one file, which cannot be written in parts",
                            "write it in one run, or write another format"));
        }
        if (writing == Writing.WHOLE) {
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
