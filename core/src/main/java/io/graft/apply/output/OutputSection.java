package io.graft.apply.output;

import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.checkpoint.write.StateDictFormats;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.config.Bound;
import io.graft.config.ConfigCursor;
import io.graft.config.Constraints;
import io.graft.config.Decoders;
import io.graft.config.Key;
import io.graft.config.ObjectBinding;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.registry.BoundPlug;
import io.graft.registry.PlugRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The {@code output} section of a configuration.
 *
 * @param format what the model's files are written as
 * @param maxShardSize bytes of tensor data that one file holds at most
 * @param options whether files are hashed ({@code digest}) and forced to the disk ({@code sync})
 */
public record OutputSection(
        OutputFolder folder, BoundPlug<StateDictFormat> format, long maxShardSize, WriteOptions options) {
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
                format.get(),
                maxShardSize.get(),
                new WriteOptions(digest.get() == Digest.SHA256, sync.get(), Part.WHOLE)));
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
