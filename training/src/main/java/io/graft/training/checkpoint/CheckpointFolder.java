package io.graft.training.checkpoint;

import io.graft.checkpoint.publish.FolderSync;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.report.ManifestFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder that the checkpoints of a training are in, each a folder of its own, named by its step: {@code step-00000120}. One is written
 * beside the others under a name that nobody reads, and renamed when all of it is written.
 */
final class CheckpointFolder {
    private static final Pattern WHOLE = Pattern.compile("step-(\\d{8,})(?:\\.replaced\\.part)?");
    private static final Pattern UNFINISHED = Pattern.compile("step-\\d{8,}(?:\\.old|\\.replaced)?\\.part");
    private static final String PART = ".part";

    /** One that gives way to another of the same step, until that is in its place. */
    private static final String REPLACED = ".replaced.part";

    /** One that is given up, and may be half deleted. */
    private static final String GIVEN_UP = ".old.part";

    private final Path folder;

    CheckpointFolder(Path folder) {
        this.folder = folder;
    }

    /** Those that are whole, the oldest first; one that gave way to another that never came is among them. */
    List<Path> whole() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.filter(Files::isDirectory)
                    .filter(each -> step(each) >= 0)
                    .filter(each -> each.equals(named(each)) || !Files.exists(named(each)))
                    .sorted(Comparator.comparingLong(CheckpointFolder::step))
                    .toList();
        }
    }

    /** Of which step one is; -1 if it is none, or none that is whole. */
    private static long step(Path each) {
        Matcher name = WHOLE.matcher(each.getFileName().toString());
        return name.matches() ? Long.parseLong(name.group(1)) : -1;
    }

    /** Where one belongs. */
    private Path named(Path each) {
        String name = each.getFileName().toString();
        return folder.resolve(name.endsWith(REPLACED) ? name.substring(0, name.length() - REPLACED.length()) : name);
    }

    /** Makes the folder, if it is not there. */
    void make() throws IOException {
        Files.createDirectories(folder);
    }

    /** Writes one; one of the same step gives way to it. */
    Path write(Snapshot snapshot, SavedForm form, WriteOptions writing) throws IOException {
        make();
        String name = String.format(
                Locale.ROOT, "step-%08d", snapshot.state().moment().steps());
        Path part = folder.resolve(name + PART);
        delete(part);
        try {
            Files.createDirectory(part);
            form.write(part, snapshot, writing);
            ManifestFile.write(part, snapshot.manifest(), writing);
            if (writing.sync()) {
                FolderSync.force(part);
            }
            Path whole = folder.resolve(name);
            if (Files.exists(whole) && !Files.isDirectory(whole)) {
                throw new FileAlreadyExistsException(whole.toString(), null, "what is there is no checkpoint");
            }
            put(part, whole, writing);
            return whole;
        } catch (IOException | RuntimeException failure) {
            try {
                delete(part);
            } catch (IOException left) {
                failure.addSuppressed(left);
            }
            throw failure;
        }
    }

    private void put(Path part, Path whole, WriteOptions writing) throws IOException {
        Path before = folder.resolve(whole.getFileName() + REPLACED);
        delete(before);
        if (Files.exists(whole)) {
            Files.move(whole, before, StandardCopyOption.ATOMIC_MOVE);
        }
        try {
            Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            restore(failure);
            throw failure;
        }
        if (writing.sync()) {
            FolderSync.force(folder);
        }
        delete(before);
    }

    private void restore(IOException failure) {
        try {
            recover();
        } catch (IOException lost) {
            failure.addSuppressed(lost);
        }
    }

    /** The last of those that are of later steps than one. */
    Optional<Path> after(Path one) throws IOException {
        List<Path> whole = whole();
        return whole.isEmpty()
                ? Optional.empty()
                : Optional.of(whole.get(whole.size() - 1)).filter(last -> step(last) > step(one));
    }

    /**
     * Removes all but the last ones, and the best; those of later steps than the newest are of another training, and stay.
     */
    void keep(int last, Path newest, Optional<Path> best) throws IOException {
        List<Path> whole =
                whole().stream().filter(each -> step(each) <= step(newest)).toList();
        for (Path old : whole.subList(0, Math.max(0, whole.size() - last))) {
            if (best.filter(old::equals).isEmpty()) {
                // Out of sight first, for a whole one is never half deleted.
                Path part = folder.resolve(old.getFileName() + GIVEN_UP);
                Files.move(old, part, StandardCopyOption.ATOMIC_MOVE);
                delete(part);
            }
        }
    }

    /** Puts back what gave way to another one that never came. */
    private void recover() throws IOException {
        for (Path before : parts()) {
            if (before.getFileName().toString().endsWith(REPLACED) && !Files.exists(named(before))) {
                Files.move(before, named(before), StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    /** Recovers, and removes what a process that was killed has left half written or half deleted. */
    void clean() throws IOException {
        recover();
        for (Path part : parts()) {
            delete(part);
        }
    }

    private List<Path> parts() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.filter(each ->
                            UNFINISHED.matcher(each.getFileName().toString()).matches())
                    .toList();
        }
    }

    private static void delete(Path part) throws IOException {
        try (Stream<Path> inside = Files.walk(part)) {
            for (Path each : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (NoSuchFileException gone) {
            // Nothing to delete.
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
    }
}
