package io.graft.checkpoint.publish;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** What publishing does to folders. Each call is one step, after which the process may end. */
interface FolderChanges {
    /** Moves a file or a folder, in place of what is there. */
    void move(Path from, Path to) throws IOException;

    /** Gives a file a second name; where the file system knows no such thing, a copy. */
    void link(Path file, Path name) throws IOException;

    /** Deletes a file or an empty folder that is there. */
    void delete(Path file) throws IOException;

    /** Makes a folder in one that is there. */
    void makeFolder(Path folder) throws IOException;

    /** Waits until the names in a folder have reached the disk. */
    void force(Path folder) throws IOException;

    /** Those of the file system. */
    FolderChanges REAL = new FolderChanges() {
        @Override
        public void move(Path from, Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void link(Path file, Path name) throws IOException {
            if (!Files.isSymbolicLink(file)) {
                try {
                    Files.createLink(name, file);
                    return;
                } catch (UnsupportedOperationException | FileSystemException noLinks) {
                    Files.deleteIfExists(name);
                }
            }
            Path half = name.resolveSibling(name.getFileName() + ".half");
            Files.copy(
                    file,
                    half,
                    StandardCopyOption.COPY_ATTRIBUTES,
                    StandardCopyOption.REPLACE_EXISTING,
                    LinkOption.NOFOLLOW_LINKS);
            Files.move(half, name, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void delete(Path file) throws IOException {
            Files.delete(file);
        }

        @Override
        public void makeFolder(Path folder) throws IOException {
            Files.createDirectory(folder);
        }

        @Override
        public void force(Path folder) throws IOException {
            FolderSync.force(folder);
        }
    };
}
