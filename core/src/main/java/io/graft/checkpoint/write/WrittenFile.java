package io.graft.checkpoint.write;

import io.graft.problem.Spelling;
import java.nio.file.Path;

/**
 * A file that was written.
 *
 * @param sha256 lower-case hexadecimal digest of its content; empty if none was asked for
 */
public record WrittenFile(Kind kind, Path path, long bytes, String sha256) {
    /** What a file is for. */
    public enum Kind {
        /** Tensors of a model, or their index. */
        MODEL,
        /** Tensors of an adapter, or its configuration. */
        ADAPTER,
        /** The report of the run. */
        MANIFEST,
        /** What lay beside the model and belongs to it. */
        CARRIED,
        /** What a module of a model gave. */
        FEATURES;

        /** As reports have it. */
        public String id() {
            return Spelling.of(this);
        }
    }

    /** A file of a model. */
    public WrittenFile(Path path, long bytes, String sha256) {
        this(Kind.MODEL, path, bytes, sha256);
    }

    /** The same file, when it is known what it is for. */
    public WrittenFile as(Kind newKind) {
        return new WrittenFile(newKind, path, bytes, sha256);
    }

    /** The same file elsewhere. */
    public WrittenFile at(Path newPath) {
        return new WrittenFile(kind, newPath, bytes, sha256);
    }
}
