package io.graft.convert;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.StagedOutput;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Writes an opened checkpoint in another way: as another format, into shards, under other names, with another floating-point
 * dtype. Tensors that keep their dtype are copied as bytes; memory does not grow with them. The output appears when all of it
 * has reached the disk, and not at all if anything fails; the input is never changed.
 */
public final class CheckpointConverter {
    private static final long FIVE_GIGABYTES = 5_000_000_000L;

    private final Conversion conversion;

    public CheckpointConverter(Conversion conversion) {
        this.conversion = conversion;
    }

    /**
     * Converts.
     *
     * @param output a file, whose extension tells the format, or a folder: one that is there, or a name without extension
     * @throws ConversionException if it cannot be done as asked
     * @throws CheckpointException if a file is at fault, or the format cannot hold a tensor
     * @throws IOException if the disk is too small, or reading or writing fails
     */
    public ConversionReport convert(Checkpoint input, Path output) throws IOException {
        OutputPlace place = OutputPlace.of(output, conversion);
        NewNames names = NewNames.of(input.tensors().keySet(), conversion.names());
        place.requireWritable(input, conversion);
        List<Planned> planned = new ArrayList<>();
        names.names()
                .forEach((key, own) -> own.forEach(
                        name -> planned.add(Planned.of(name, input.tensors().get(key), conversion))));
        List<WrittenFile> files = write(planned, place, input.metadata());
        return new ConversionReport(
                place.format(),
                planned.stream().map(Planned::converted).toList(),
                names.notes(),
                warnings(input, place),
                files);
    }

    private List<WrittenFile> write(List<Planned> planned, OutputPlace place, Map<String, String> metadata)
            throws IOException {
        long shard = place.folder() ? conversion.maxShardSize().orElse(FIVE_GIGABYTES) : SafetensorsWriter.UNLIMITED;
        try (StagedOutput staged = place.stage()) {
            List<WrittenFile> written = new ArrayList<>();
            try {
                List<OutputTensor> tensors =
                        planned.stream().map(Planned::output).toList();
                for (WrittenFile file :
                        place.format().writer(staged.folder(), shard, metadata).write(tensors)) {
                    Path named = place.folder()
                            ? file.path()
                            : Files.move(
                                    file.path(),
                                    staged.folder().resolve(place.path().getFileName()));
                    written.add(new WrittenFile(staged.published(named), file.bytes(), file.sha256()));
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
            staged.publish();
            return written;
        }
    }

    private List<String> warnings(Checkpoint input, OutputPlace place) {
        List<String> warnings = new ArrayList<>(input.warnings());
        List<String> metadata = input.metadata().keySet().stream()
                .filter(key -> !key.equals("format"))
                .toList();
        if (place.format() == OutputFormat.PYTORCH && !metadata.isEmpty()) {
            warnings.add(
                    "left out, because a PyTorch state dict has no place for metadata: " + String.join(", ", metadata));
        }
        int ties = input.ties().size();
        if (ties > 0) {
            warnings.add((ties == 1 ? "1 tensor has" : ties + " tensors have")
                    + " several names in the input; the output holds a copy for each name");
        }
        return warnings;
    }

    /** A tensor with its new name, and its data as they will be. */
    private record Planned(String name, TensorEntry entry, DType dtype, TensorData data) {
        static Planned of(String name, TensorEntry entry, Conversion conversion) {
            DType dtype = conversion
                    .dtype()
                    .filter(wanted -> entry.dtype().isFloatingPoint())
                    .orElse(entry.dtype());
            return new Planned(
                    name,
                    entry,
                    dtype,
                    dtype == entry.dtype() ? entry.data() : new DTypeConversion(entry.data(), entry.dtype(), dtype));
        }

        OutputTensor output() {
            return new OutputTensor(name, dtype, entry.shape(), () -> data);
        }

        ConvertedTensor converted() {
            return new ConvertedTensor(
                    entry.name(),
                    name,
                    entry.dtype(),
                    dtype,
                    entry.shape(),
                    data instanceof DTypeConversion conversion
                            ? conversion.maxRelativeError()
                            : OptionalDouble.empty());
        }
    }
}
