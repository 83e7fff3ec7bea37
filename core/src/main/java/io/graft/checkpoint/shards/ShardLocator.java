package io.graft.checkpoint.shards;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.bytes.Refusals;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Turns the file names of an index into files, none of which lies outside the index's folder.
 *
 * @param index the index's path
 */
record ShardLocator(Path index, ShardKind kind) {
    /** The file of a listed name; it exists. */
    Path locate(String name) throws IOException {
        String shown = Refusals.quote(name);
        if (!isPlain(name)) {
            throw refusals()
                    .refused("the index names the shard " + shown + ", which is not a plain path below its folder");
        }
        if (!name.endsWith(kind.extension())) {
            throw refusals()
                    .unsupported(
                            "the index names the shard " + shown + ", which is not called *" + kind.extension(),
                            "give the index of the " + kind.title() + " shards, or convert the checkpoint");
        }
        Path file;
        try {
            file = folder().resolve(name);
        } catch (InvalidPathException bad) {
            throw refusals().refused("the index names the shard " + shown + ", which is no file name here");
        }
        if (!Files.exists(file)) {
            throw new CheckpointException(
                    Reason.NOT_FOUND,
                    index,
                    "the index names the shard " + shown + ", which does not exist",
                    "put the shard beside the index");
        }
        if (!isInside(file.toRealPath())) {
            throw refusals().refused("the index names the shard " + shown + ", a link out of its folder");
        }
        return file;
    }

    /** Names of shards beside the index that it does not list, sorted. */
    List<String> unlisted(Collection<String> listed) throws IOException {
        String name = index.getFileName().toString();
        if (!name.endsWith(kind.indexEnding())) {
            return List.of();
        }
        String stem = name.substring(0, name.length() - kind.indexEnding().length());
        Pattern pattern = Pattern.compile(Pattern.quote(stem) + "-\\d{5}-of-\\d{5}" + Pattern.quote(kind.extension()));
        List<String> unlisted = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder())) {
            for (Path file : files) {
                String other = file.getFileName().toString();
                if (pattern.matcher(other).matches() && !listed.contains(other)) {
                    unlisted.add(other);
                }
            }
        }
        Collections.sort(unlisted);
        return unlisted;
    }

    private boolean isInside(Path file) throws IOException {
        Path folder = folder().toRealPath();
        if (file.startsWith(folder)) {
            return true;
        }
        // A Hugging Face cache keeps the content of snapshots/REVISION/NAME in blobs/ of the same repository.
        Path snapshots = folder.getParent();
        return snapshots != null
                && snapshots.endsWith("snapshots")
                && file.startsWith(snapshots.resolveSibling("blobs"));
    }

    /** Whether the name stays below a folder when read as a Unix path and as a Windows path. */
    private static boolean isPlain(String name) {
        if (name.indexOf('\\') >= 0 || name.indexOf(':') >= 0) {
            return false;
        }
        for (String segment : name.split("/", -1)) {
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                return false;
            }
        }
        return true;
    }

    private Path folder() {
        return index.getParent();
    }

    private Refusals refusals() {
        return new Refusals(index, kind.advice());
    }
}
