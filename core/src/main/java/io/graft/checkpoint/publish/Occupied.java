package io.graft.checkpoint.publish;

import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.Replacement;
import io.graft.problem.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** A folder that exists, with files of Graft and of others in it. */
record Occupied(Path folder, InputFiles inputs) {
    /**
     * @param mayGo which files of Graft give way
     * @param entry what the folder will be opened by; empty if it will hold no model
     */
    Replacement replacing(Collection<String> names, Predicate<String> mayGo, Optional<String> entry)
            throws IOException {
        Set<String> going = new TreeSet<>(OwnFiles.in(folder));
        going.removeIf(mayGo.negate());
        List<Path> replaced = new ArrayList<>();
        for (String name : names) {
            Path file = folder.resolve(name);
            requireFolders(file.getParent());
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            if (inputs.contains(file)) {
                throw input(file, "replace");
            }
            if (!going.contains(name)) {
                throw foreign(file, "is in the way");
            }
            replaced.add(file);
        }
        List<Path> removed = new ArrayList<>();
        for (String name : going) {
            if (names.contains(name)) {
                continue;
            }
            if (inputs.contains(folder.resolve(name))) {
                throw input(folder.resolve(name), "remove");
            }
            removed.add(folder.resolve(name));
        }
        if (entry.isPresent()) {
            for (String before : ModelFiles.ENTRIES.subList(0, ModelFiles.ENTRIES.indexOf(entry.get()))) {
                Path file = folder.resolve(before);
                if (!going.contains(before) && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                    throw foreign(file, "would be opened in place of the output");
                }
            }
        }
        return new Replacement(replaced, removed);
    }

    /** Through a link, files would come to lie elsewhere. */
    private void requireFolders(Path parent) throws OutputException {
        for (Path each = parent; !each.equals(folder); each = each.getParent()) {
            if (Files.exists(each, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
                throw OutputException.refused(
                        "`" + each + "` is in the way: the output has a folder of that name",
                        "move it away, or choose another path");
            }
        }
    }

    static OutputException input(Path file, String verb) {
        return OutputException.refused(
                "the output would " + verb + " `" + Printable.of(file) + "`, which this run reads",
                "choose another path");
    }

    private static OutputException foreign(Path file, String what) {
        return OutputException.refused(
                "`" + Printable.of(file) + "` " + what
                        + ", and no manifest beside it says that Graft wrote it as it is now",
                "move it away, or choose another path");
    }
}
