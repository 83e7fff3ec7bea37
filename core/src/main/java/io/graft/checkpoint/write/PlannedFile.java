package io.graft.checkpoint.write;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A file as it will be.
 *
 * @param name file name
 * @param pieces what it consists of, one after the other
 * @param check looks at the written file
 */
public record PlannedFile(String name, List<Piece> pieces, Check check) {
    public PlannedFile {
        pieces = List.copyOf(pieces);
    }

    /** Compares a file with what was asked for. */
    @FunctionalInterface
    public interface Check {
        /**
         * Reads what tells what the file holds.
         *
         * @throws IOException if it is not what was to be written
         */
        void check(Path written) throws IOException;
    }

    /** A file that is known beforehand, and not looked at again. */
    public static PlannedFile of(String name, byte[] bytes) {
        return new PlannedFile(name, List.of(Piece.of(bytes)), written -> {});
    }

    /** Bytes of the whole file. */
    public long size() {
        long size = 0;
        for (Piece piece : pieces) {
            size = Math.addExact(size, piece.length());
        }
        return size;
    }
}
