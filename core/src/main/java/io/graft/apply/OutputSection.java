package io.graft.apply;

import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.config.Bound;
import io.graft.config.ConfigCursor;
import io.graft.config.Constraints;
import io.graft.config.Decoders;
import io.graft.config.Key;
import io.graft.config.ObjectBinding;
import io.graft.problem.ProblemCode;
import java.nio.file.Path;

/**
 * The {@code output} section of a configuration.
 *
 * @param maxShardSize bytes of tensor data that one file holds at most
 * @param options whether files are hashed ({@code digest}) and forced to the disk ({@code sync})
 */
record OutputSection(OutputFolder folder, long maxShardSize, WriteOptions options) {
    /** What the files are written as. */
    enum Format {
        SAFETENSORS
    }

    /** What the report gives of each file, to check it by. */
    enum Digest {
        SHA256,
        NONE
    }

    /**
     * @param written whether the folder is about to be written, so that one that may not be is an error
     */
    static Bound<OutputSection> bind(ConfigCursor cursor, boolean written) {
        ObjectBinding section = cursor.ownedBy("the section `output`").object();
        Key<Path> path = section.key("path", Decoders.path()).required();
        section.key("format", Decoders.enumeration(Format.class)).orDefault("safetensors");
        Key<Long> maxShardSize = section.key("max-shard-size", Decoders.byteCount())
                .check(Constraints.range(1, Long.MAX_VALUE))
                .orDefault("5GB");
        Key<Boolean> overwrite = section.key("overwrite", Decoders.bool()).orDefault("false");
        Key<Digest> digest =
                section.key("digest", Decoders.enumeration(Digest.class)).orDefault("sha256");
        Key<Boolean> sync = section.key("sync", Decoders.bool()).orDefault("true");
        Bound<OutputSection> bound = section.finish(() -> new OutputSection(
                new OutputFolder(path.get(), overwrite.get()),
                maxShardSize.get(),
                new WriteOptions(digest.get() == Digest.SHA256, sync.get(), Part.WHOLE)));
        return written && bound instanceof Bound.Ok<OutputSection> ok
                ? ok.value().unlessRefused(cursor, ok)
                : bound;
    }

    private Bound<OutputSection> unlessRefused(ConfigCursor cursor, Bound<OutputSection> bound) {
        return folder.refusal()
                .<Bound<OutputSection>>map(message -> new Bound.Failed<>(cursor.at("path")
                        .error(
                                ProblemCode.OUTPUT_EXISTS,
                                message,
                                "choose another path, or replace what Graft wrote there with overwrite = true")))
                .orElse(bound);
    }
}
