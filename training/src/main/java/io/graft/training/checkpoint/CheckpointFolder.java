package io.graft.training.checkpoint;

import io.graft.checkpoint.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder that the checkpoints of a training are in, each a folder of its own, named by its step: {@code step-00000120}. One is written
 * beside the others under a name that nobody reads, and renamed when all of it is on the disk.
 */
final class CheckpointFolder {
    static final String MODEL = "model";
    static final String OPTIMIZER = "optimizer";

    private static final Pattern WHOLE = Pattern.compile("step-\\d{8,}");
    private static final String PART = ".part";

    private final Path folder;

    CheckpointFolder(Path folder) {
        this.folder = folder;
    }

    /** Those that are whole, the oldest first. */
    List<Path> whole() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.filter(
                            each -> WHOLE.matcher(each.getFileName().toString()).matches())
                    .filter(Files::isDirectory)
                    .sorted(Comparator.comparingLong(CheckpointFolder::step))
                    .toList();
        }
    }

    private static long step(Path whole) {
        return Long.parseLong(whole.getFileName().toString().substring("step-".length()));
    }

    /** Writes one; one of the same step gives way to it. */
    Path write(Snapshot snapshot) throws IOException {
        Files.createDirectories(folder);
        String name = String.format("step-%08d", snapshot.state().moment().steps());
        Path part = folder.resolve(name + PART);
        delete(part);
        try {
            Files.createDirectory(part);
            write(part, MODEL, snapshot, Map.of());
            write(part, OPTIMIZER, snapshot, snapshot.state().texts());
            Path manifest = part.resolve("graft-manifest.json");
            Files.writeString(manifest, snapshot.manifest(), StandardCharsets.UTF_8);
            sync(manifest);
            sync(part);
            Path whole = folder.resolve(name);
            Path before = folder.resolve(name + ".old" + PART);
            delete(before);
            if (Files.exists(whole) && !Files.isDirectory(whole)) {
                throw new FileAlreadyExistsException(whole.toString(), null, "what is there is no checkpoint");
            }
            if (Files.exists(whole)) {
                Files.move(whole, before, StandardCopyOption.ATOMIC_MOVE);
            }
            Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE);
            sync(folder);
            delete(before);
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

    private static void write(Path part, String stem, Snapshot snapshot, Map<String, String> texts) throws IOException {
        new SafetensorsWriter(part, stem, SafetensorsWriter.UNLIMITED, texts)
                .write(stem.equals(MODEL) ? snapshot.model() : snapshot.optimizer());
    }

    /** Removes all but the last ones, and the best. */
    void keep(int last, Optional<Path> best) throws IOException {
        List<Path> whole = whole();
        for (Path old : whole.subList(0, Math.max(0, whole.size() - last))) {
            if (best.filter(old::equals).isEmpty()) {
                // Out of sight first, for a whole one is never half deleted.
                Path part = folder.resolve(old.getFileName() + ".old" + PART);
                Files.move(old, part, StandardCopyOption.ATOMIC_MOVE);
                delete(part);
            }
        }
    }

    /** Removes what a process that was killed has left half written or half deleted. */
    void clean() throws IOException {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> inside = Files.list(folder)) {
                for (Path part : inside.filter(
                                each -> each.getFileName().toString().matches("step-\\d{8,}(\\.old)?\\.part"))
                        .toList()) {
                    delete(part);
                }
            }
        }
    }

    private static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
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
