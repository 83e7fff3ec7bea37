package io.graft.extension;

import java.nio.file.Path;

/**
 * A path that was to be an extension and is none.
 *
 * @param message what is wrong, in one line
 * @param help what to do
 */
public record RefusedExtension(Kind kind, Path path, String message, String help) {
    /** Why it is none. */
    public enum Kind {
        /** There is nothing at the path. */
        NOT_FOUND,
        /** A file that is no jar, or a jar that may not be loaded. */
        REFUSED,
        /** A folder without a jar. */
        EMPTY
    }

    static RefusedExtension notFound(Path path) {
        return new RefusedExtension(
                Kind.NOT_FOUND, path, "the extension " + path + " does not exist", "give a jar or a folder of jars");
    }

    static RefusedExtension empty(Path folder) {
        return new RefusedExtension(
                Kind.EMPTY,
                folder,
                "the extension " + folder + " is a folder without a jar",
                "put jars into it or remove it");
    }

    static RefusedExtension leftOut(Path path, String reason, String help) {
        return new RefusedExtension(Kind.REFUSED, path, "the extension " + path + " is left out: " + reason, help);
    }
}
