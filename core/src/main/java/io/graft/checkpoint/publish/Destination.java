package io.graft.checkpoint.publish;

import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.Replacement;
import io.graft.problem.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** A folder that files are published in, and what may give way to them there. */
public sealed interface Destination {
    /** The folder; it need not exist. */
    Path folder();

    /** Whether others write into the folder at the same time, so that it is made at once and not when all is written. */
    boolean isShared();

    /**
     * What would give way as the folder is now.
     *
     * @param names of the files to be published
     * @throws OutputException if something is in the way that may not be replaced
     * @throws IOException if the folder cannot be read
     */
    Replacement replacing(Collection<String> names) throws IOException;

    /**
     * A folder for one model: with it, all goes that Graft wrote there before.
     *
     * @param overwrite whether the folder may exist
     * @param inputs what the run reads, and so does not replace
     */
    record ModelFolder(Path folder, boolean overwrite, InputFiles inputs) implements Destination {
        @Override
        public boolean isShared() {
            return false;
        }

        @Override
        public Replacement replacing(Collection<String> names) throws IOException {
            if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                return Replacement.NONE;
            }
            if (!Files.isDirectory(folder)) {
                throw OutputException.refused(
                        "the output `" + Printable.of(folder) + "` exists and is not a folder", "choose another path");
            }
            if (!overwrite) {
                throw OutputException.refused(
                        "the output folder `" + Printable.of(folder) + "` exists",
                        "choose another path, or replace what Graft wrote there with `overwrite`");
            }
            return new Occupied(folder, inputs).replacing(names, name -> true, ModelFiles.entry(names::contains));
        }
    }

    /**
     * A folder that several runs write parts of one model into.
     *
     * @param entry what the folder will be opened by when all parts are there
     * @param guard looks at the folder before anything else
     * @param overwrite whether files of Graft that have the same names are replaced
     * @param removed which files of Graft go
     */
    record SharedFolder(
            Path folder,
            InputFiles inputs,
            Optional<String> entry,
            Guard guard,
            boolean overwrite,
            Predicate<String> removed)
            implements Destination {
        /** Refuses a folder. */
        public interface Guard {
            void check() throws IOException;
        }

        @Override
        public boolean isShared() {
            return true;
        }

        @Override
        public Replacement replacing(Collection<String> names) throws IOException {
            guard.check();
            if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                return Replacement.NONE;
            }
            return new Occupied(folder, inputs)
                    .replacing(names, name -> (overwrite && names.contains(name)) || removed.test(name), entry);
        }
    }

    /**
     * One file.
     *
     * @param file absolute
     * @param overwrite whether the file may exist
     */
    record SingleFile(Path file, boolean overwrite, InputFiles inputs) implements Destination {
        @Override
        public Path folder() {
            return file.getParent();
        }

        @Override
        public boolean isShared() {
            return false;
        }

        @Override
        public Replacement replacing(Collection<String> names) throws IOException {
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                return Replacement.NONE;
            }
            if (!overwrite) {
                throw OutputException.refused(
                        "the output `" + Printable.of(file) + "` exists",
                        "choose another path, or replace the file with `overwrite`");
            }
            if (inputs.contains(file)) {
                throw Occupied.input(file, "replace");
            }
            if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                throw OutputException.refused(
                        "the output `" + Printable.of(file) + "` is a folder", "choose another path");
            }
            return new Replacement(List.of(file), List.of());
        }
    }
}
