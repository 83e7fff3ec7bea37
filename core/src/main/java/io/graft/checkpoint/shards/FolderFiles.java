package io.graft.checkpoint.shards;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.bytes.Refusals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Files that another file names, none of which lies outside its folder.
 *
 * @param from the file that names them
 * @param says how messages begin: {@code the index names the shard}
 * @param extension what every name ends with
 * @param ifForeign what to do if one does not
 * @param ifMissing what to do if one is not there
 * @param refusals of the file that names them
 */
public record FolderFiles(
        Path from, String says, String extension, String ifForeign, String ifMissing, Refusals refusals) {
    /**
     * The file of a name; it exists.
     *
     * @throws CheckpointException if it does not, or lies elsewhere
     */
    public Path locate(String name) throws IOException {
        String shown = says + " " + Refusals.quote(name);
        if (!isPlain(name)) {
            throw refusals.refused(shown + ", which is not a plain path below its folder");
        }
        if (!name.endsWith(extension)) {
            throw refusals.unsupported(shown + ", which is not called *" + extension, ifForeign);
        }
        Path file;
        try {
            file = folder().resolve(name);
        } catch (InvalidPathException bad) {
            throw refusals.refused(shown + ", which is no file name here");
        }
        if (!Files.exists(file)) {
            throw new CheckpointException(Reason.NOT_FOUND, from, shown + ", which does not exist", ifMissing);
        }
        if (!isInside(file.toRealPath())) {
            throw refusals.refused(shown + ", a link out of its folder");
        }
        return file;
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
        return from.getParent();
    }
}
