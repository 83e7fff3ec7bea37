package io.graft.checkpoint.publish;

import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.Replacement;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps by which new files take the place of old ones in a folder, so that at each moment the folder opens as the model before
 * or as the new one:
 *
 * <ol>
 *   <li>what gives way gets a second name in the staging folder, from where it can be put back;
 *   <li>the manifest before goes, for from here on it would not be true;
 *   <li>if shards take the names of shards that the folder is read by, the index is exchanged for one that leads to their second
 *       names;
 *   <li>folders come that new files lie in; new shards come, then the new file that the folder is opened by;
 *   <li>old ones go, those first that the folder would be opened by;
 *   <li>the new manifest comes.
 * </ol>
 */
record Publication(StagingFolder staging, Path folder, FolderChanges changes, boolean sync) {
    private static final Logger LOGGER = LoggerFactory.getLogger(Publication.class);

    /**
     * Does all steps.
     *
     * @param names of the staged files
     * @throws IOException if a step failed; those before can be undone
     */
    void carryOut(Collection<String> names, Replacement replacement) throws IOException {
        List<String> going = new ArrayList<>(names(replacement.replaced()));
        going.addAll(names(replacement.removed()));
        Files.createDirectories(staging.old());
        for (String name : going) {
            Path second = staging.old().resolve(name);
            Files.createDirectories(second.getParent());
            changes.link(folder.resolve(name), second);
        }
        List<Step> steps = steps(names, going);
        write(steps);
        for (Step step : steps) {
            if (step.name().equals(ModelFiles.MANIFEST) && step.kind() == Step.Kind.ADD) {
                requireOpening(names);
            }
            step.carryOut(staging, folder, changes);
        }
        requireOpening(names);
        if (sync) {
            for (Path changed : changed(names)) {
                changes.force(folder.resolve(changed));
            }
            changes.force(folder);
        }
    }

    /** The folders in this one that files lie in, relative to it. */
    private static SortedSet<Path> changed(Collection<String> names) {
        SortedSet<Path> folders = new TreeSet<>();
        for (String name : names) {
            for (Path parent = Path.of(name).getParent(); parent != null; parent = parent.getParent()) {
                folders.add(parent);
            }
        }
        return folders;
    }

    /** Removes the folders that removed files have left empty, when nothing needs to be undone any more. */
    void removeEmpty(Replacement replacement) {
        List<Path> innermostFirst = new ArrayList<>(changed(names(replacement.removed())));
        Collections.reverse(innermostFirst);
        for (Path each : innermostFirst) {
            try {
                Files.deleteIfExists(folder.resolve(each));
            } catch (IOException stays) {
                LOGGER.debug("{} stays in {}", each, folder, stays);
            }
        }
    }

    private void write(List<Step> steps) throws IOException {
        try (FileChannel file =
                FileChannel.open(staging.steps(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            String lines = steps.stream().map(Step::line).collect(Collectors.joining("\n"));
            Channels.newOutputStream(file).write(lines.getBytes(StandardCharsets.US_ASCII));
            if (sync) {
                file.force(true);
                for (Path each : List.of(staging.files(), staging.old(), staging.path(), folder)) {
                    changes.force(each);
                }
            }
        }
    }

    /** Undoes the steps that the staging folder tells of, those that were done. */
    void undo() throws IOException {
        if (!Files.exists(staging.steps())) {
            return;
        }
        List<String> lines = Files.readAllLines(staging.steps());
        for (int i = lines.size() - 1; i >= 0; i--) {
            Step.parse(lines.get(i)).undo(staging, folder, changes);
        }
    }

    private List<Step> steps(Collection<String> names, List<String> going) throws IOException {
        Set<String> left = new HashSet<>(going);
        List<Step> steps = new ArrayList<>();
        going.stream().filter(OwnFiles::isRecord).forEach(name -> {
            steps.add(Step.remove(name));
            left.remove(name);
        });
        Optional<String> diverted = diverted(names, left);
        if (diverted.isPresent()) {
            Files.createDirectories(staging.interim());
            Path index = staging.interim().resolve(diverted.get());
            DivertedIndex.write(folder.resolve(diverted.get()), staging.old(), left, index);
            steps.add(Step.of(Step.Kind.DIVERT, diverted.get(), index));
        }
        for (Path each : changed(names)) {
            if (!Files.isDirectory(folder.resolve(each), LinkOption.NOFOLLOW_LINKS)) {
                steps.add(Step.makeFolder(each.toString().replace('\\', '/')));
            }
        }
        List<Step> last = new ArrayList<>();
        for (String name : names.stream().sorted(Publication.contentFirst()).toList()) {
            Step.Kind kind = !left.remove(name)
                    ? Step.Kind.ADD
                    : diverted.filter(name::equals).isPresent() ? Step.Kind.REPLACE_DIVERTED : Step.Kind.REPLACE;
            (OwnFiles.isRecord(name) ? last : steps)
                    .add(Step.of(kind, name, staging.files().resolve(name)));
        }
        left.stream().sorted(entriesLastToFirst()).forEach(name -> steps.add(Step.remove(name)));
        steps.addAll(last);
        return steps;
    }

    /** The index that the folder is opened by now, if one of its shards is replaced. */
    private Optional<String> diverted(Collection<String> names, Set<String> going) {
        return ModelFiles.entry(folder)
                .filter(ModelFiles::isIndex)
                .filter(going::contains)
                .filter(index -> {
                    Set<String> shards = DivertedIndex.shards(folder.resolve(index));
                    return names.stream().anyMatch(name -> going.contains(name) && shards.contains(name));
                });
    }

    private void requireOpening(Collection<String> names) throws IOException {
        Optional<String> expected = ModelFiles.entry(names::contains);
        Optional<String> found = ModelFiles.entry(folder);
        if (expected.isPresent() && !expected.equals(found)) {
            throw OutputException.refused(
                    "`" + folder + "` would be opened as `" + found.orElse("nothing")
                            + "`, which somebody else wrote there" + " just now",
                    "run again when nothing writes to it");
        }
    }

    /** What tells of other files comes after them. */
    private static Comparator<String> contentFirst() {
        return Comparator.<String>comparingInt(
                        name -> OwnFiles.isRecord(name) ? 2 : ModelFiles.ENTRIES.contains(name) ? 1 : 0)
                .thenComparing(Comparator.naturalOrder());
    }

    private static Comparator<String> entriesLastToFirst() {
        return Comparator.<String>comparingInt(name -> -ModelFiles.ENTRIES.indexOf(name))
                .thenComparing(Comparator.naturalOrder());
    }

    private List<String> names(List<Path> files) {
        return files.stream()
                .map(file -> folder.relativize(file).toString().replace('\\', '/'))
                .toList();
    }
}
