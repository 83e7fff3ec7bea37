package io.graft.convert;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.Replacement;
import io.graft.checkpoint.carry.CarriedFile;
import io.graft.checkpoint.publish.Destination;
import io.graft.checkpoint.publish.OutputException;
import io.graft.checkpoint.publish.StagedOutput;
import io.graft.checkpoint.write.OutputStateDict;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of a conversion, which appear when all of them have reached the disk.
 *
 * @param shard bytes of data that a file of a folder has at most
 */
record ConversionFiles(OutputPlace place, List<PlannedTensor> planned, List<CarriedFile> carried, long shard) {
    /**
     * What was written.
     *
     * @param losses of tensors, in words
     */
    record Published(List<WrittenFile> files, List<String> losses, Replacement replacement) {}

    /**
     * Writes the files.
     *
     * @throws OutputException if they cannot be moved to their place
     * @throws IOException if the disk is too small, or reading or writing fails
     */
    Published publish(Destination destination, OutputStateDict stateDict) throws IOException {
        try (StagedOutput staged = StagedOutput.in(destination, names(stateDict), true)) {
            List<WrittenFile> written = new ArrayList<>();
            try {
                for (WrittenFile file : place.writer().write(staged.folder(), stateDict, shard, WriteOptions.DEFAULT)) {
                    Path named = place.folder()
                            ? file.path()
                            : Files.move(
                                    file.path(),
                                    staged.folder().resolve(place.path().getFileName()));
                    written.add(file.at(named));
                }
                for (CarriedFile file : carried) {
                    written.add(file.write(staged.folder(), WriteOptions.DEFAULT));
                }
                if (place.folder()) {
                    written.add(ConversionManifest.write(
                            staged.folder(),
                            written,
                            planned.stream().map(PlannedTensor::tensor).toList()));
                }
            } catch (CheckpointException refused) {
                throw staged.published(refused);
            } catch (FileSystemException failed) {
                if (failed.getFile() == null || !Path.of(failed.getFile()).startsWith(staged.folder())) {
                    throw failed;
                }
                FileSystemException named = new FileSystemException(place.path().toString(), null, failed.getReason());
                named.initCause(failed);
                throw named;
            }
            List<String> losses = new ArrayList<>();
            for (PlannedTensor tensor : planned) {
                tensor.loss().ifPresent(losses::add);
            }
            Replacement replacement = staged.publish();
            List<WrittenFile> files = written.stream()
                    .map(file -> file.at(staged.published(file.path())))
                    .toList();
            return new Published(files, losses, replacement);
        }
    }

    private List<String> names(OutputStateDict stateDict) {
        if (!place.folder()) {
            return List.of(place.path().getFileName().toString());
        }
        List<String> names = new ArrayList<>(place.writer().names(place.path(), stateDict, shard));
        carried.forEach(file -> names.add(file.name()));
        names.add(ModelFiles.MANIFEST);
        return names;
    }
}
