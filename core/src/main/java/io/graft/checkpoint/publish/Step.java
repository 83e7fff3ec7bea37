package io.graft.checkpoint.publish;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * One change to an output folder. It is done to a file that has been saved to {@link StagingFolder#old}, or that is new; it can be
 * undone by whoever finds it in a list, done or not.
 *
 * @param name of the file or folder, relative to the output folder
 * @param bytes size of what the step puts there
 * @param modified when that was written, in milliseconds
 */
record Step(Kind kind, String name, long bytes, long modified) {
    /** What a step does. */
    enum Kind {
        /** A file that is there goes. */
        REMOVE,
        /** A folder comes where none is. */
        MAKE_FOLDER,
        /** The index that is there is exchanged for one by which the same shards are read from where they are saved. */
        DIVERT,
        /** A new file comes where none is. */
        ADD,
        /** A new file comes in place of one that is there. */
        REPLACE,
        /** A new index comes in place of one that was exchanged. */
        REPLACE_DIVERTED
    }

    static Step remove(String name) {
        return new Step(Kind.REMOVE, name, 0, 0);
    }

    static Step makeFolder(String name) {
        return new Step(Kind.MAKE_FOLDER, name, 0, 0);
    }

    static Step of(Kind kind, String name, Path file) throws IOException {
        return new Step(
                kind, name, Files.size(file), Files.getLastModifiedTime(file).toMillis());
    }

    String line() {
        return kind + " " + bytes + " " + modified + " " + URLEncoder.encode(name, StandardCharsets.UTF_8);
    }

    static Step parse(String line) {
        String[] words = line.split(" ", 4);
        return new Step(
                Kind.valueOf(words[0]),
                URLDecoder.decode(words[3], StandardCharsets.UTF_8),
                Long.parseLong(words[1]),
                Long.parseLong(words[2]));
    }

    void carryOut(StagingFolder staging, Path folder, FolderChanges changes) throws IOException {
        Path file = folder.resolve(name);
        switch (kind) {
            case REMOVE -> changes.delete(file);
            case MAKE_FOLDER -> changes.makeFolder(file);
            case DIVERT -> put(staging.interim().resolve(name), file, staging, changes);
            case ADD, REPLACE, REPLACE_DIVERTED -> changes.move(staging.files().resolve(name), file);
        }
    }

    /**
     * Puts things back as they were before the step.
     *
     * @throws IOException if that fails, or somebody else has put a file there since
     */
    void undo(StagingFolder staging, Path folder, FolderChanges changes) throws IOException {
        if (kind == Kind.MAKE_FOLDER) {
            undoFolder(folder.resolve(name), changes);
            return;
        }
        boolean comes = kind != Kind.REMOVE && kind != Kind.DIVERT;
        if (comes && exists(staging.files().resolve(name))) {
            return;
        }
        Path file = folder.resolve(name);
        Path before = (kind == Kind.REPLACE_DIVERTED ? staging.interim() : staging.old()).resolve(name);
        boolean wasThere = kind != Kind.ADD && exists(before);
        if (exists(file) ? wasThere && isSame(file, before) : !wasThere) {
            return;
        }
        if (exists(file) && !isOurs(file)) {
            throw new IOException(file + " has been written by somebody else since");
        }
        if (wasThere) {
            put(before, file, staging, changes);
        } else {
            changes.delete(file);
        }
    }

    /** What somebody else has put there since keeps it. */
    private static void undoFolder(Path made, FolderChanges changes) throws IOException {
        if (Files.isDirectory(made, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> files = Files.list(made)) {
                if (files.findAny().isPresent()) {
                    return;
                }
            }
            changes.delete(made);
        }
    }

    /** The one that is kept keeps its name, so that this can be done again. */
    private static void put(Path kept, Path file, StagingFolder staging, FolderChanges changes) throws IOException {
        Path moved = staging.path().resolve("moved");
        Files.deleteIfExists(moved);
        changes.link(kept, moved);
        changes.move(moved, file);
    }

    private boolean isOurs(Path file) throws IOException {
        return kind != Kind.REMOVE
                && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.size(file) == bytes
                && Files.getLastModifiedTime(file).toMillis() == modified;
    }

    private static boolean isSame(Path file, Path other) throws IOException {
        if (Files.isSymbolicLink(file) && Files.isSymbolicLink(other)) {
            return Files.readSymbolicLink(file).equals(Files.readSymbolicLink(other));
        }
        return Files.isSameFile(file, other)
                || (Files.size(file) == Files.size(other)
                        && Files.getLastModifiedTime(file).equals(Files.getLastModifiedTime(other)));
    }

    private static boolean exists(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }
}
