package io.graft.convert;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.Progress;
import io.graft.checkpoint.RefusedTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.carry.Belongings;
import io.graft.checkpoint.carry.CarriedFile;
import io.graft.checkpoint.carry.Correction;
import io.graft.checkpoint.publish.OutputException;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputStateDict;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.StateDictFormats;
import io.graft.problem.ProblemCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes an opened checkpoint in another way: as another format, into shards, under other names, with another floating-point
 * dtype or in blocks. Without another dtype tensors are copied as they lie, codes and scales too; with one, they are written as they are
 * meant, and codes that nothing reads are an error. Tensors that keep their dtype are copied as bytes; memory does not grow with them. The output appears when all of it
 * has reached the disk, and not at all if anything fails; the input is never changed.
 */
public final class CheckpointConverter {
    private static final long FIVE_GIGABYTES = 5_000_000_000L;

    private final Conversion conversion;
    private final StateDictFormats formats;
    private final Progress progress;

    /**
     * @param formats those that the output's name may ask for, as a registry has them
     */
    public CheckpointConverter(Conversion conversion, StateDictFormats formats) {
        this(conversion, formats, Progress.NONE);
    }

    private CheckpointConverter(Conversion conversion, StateDictFormats formats, Progress progress) {
        this.conversion = conversion;
        this.formats = formats;
        this.progress = progress;
    }

    /** The same, watched while it writes. */
    public CheckpointConverter watchedBy(Progress watcher) {
        return new CheckpointConverter(conversion, formats, watcher);
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
        return convert(input, Belongings.of(input), output);
    }

    /**
     * As {@link #convert(Checkpoint, Path)}, into a folder with what belongs to the input.
     *
     * @param beside what lies beside the input; it does not go along into a file
     */
    public ConversionReport convert(Checkpoint input, Belongings beside, Path output) throws IOException {
        Accompaniment along = new Accompaniment(input, conversion);
        OutputPlace place = OutputPlace.of(output, conversion, formats);
        NewTensors tensors = NewTensors.of(input, along.source(), conversion);
        place.requireDivisible(conversion);
        place.requireBlocks(conversion);
        List<PlannedTensor> planned = tensors.tensors().stream()
                .map(tensor -> PlannedTensor.of(tensor, conversion, input, place))
                .toList();
        requireReadable(input, along.source(), planned, place);
        Belongings belongings = along.belongings(beside, planned);
        List<OutputTensor> outputs = outputs(planned);
        Optional<Path> origin = along.origin(planned, outputs, place);
        List<String> warnings = along.warnings(planned, belongings, place, origin.isPresent());
        List<Correction> corrections = place.folder() ? along.corrections(belongings, planned) : List.of();
        List<CarriedFile> carried = place.folder() ? belongings.corrected(corrections) : List.of();
        long shard = place.folder() ? conversion.maxShardSize().orElse(FIVE_GIGABYTES) : SafetensorsWriter.UNLIMITED;
        OutputStateDict stateDict =
                new OutputStateDict(outputs, along.metadata(planned), origin).watchedBy(progress, Part.WHOLE);
        ConversionFiles.Published published;
        try {
            published = new ConversionFiles(place, planned, carried, shard)
                    .publish(place.destination(input, carried, conversion.overwrite()), stateDict);
        } catch (OutputException failure) {
            throw new ConversionException(failure);
        } finally {
            progress.ended();
        }
        warnings.addAll(published.losses());
        return new ConversionReport(
                place.format().id(),
                planned.stream().map(PlannedTensor::converted).toList(),
                tensors.leftOut(),
                tensors.notes(),
                warnings,
                published.files(),
                corrections,
                published.replacement());
    }

    /** The first name of a tensor brings its values. */
    private static List<OutputTensor> outputs(List<PlannedTensor> planned) {
        Map<Object, String> firsts = new HashMap<>();
        return planned.stream()
                .map(tensor -> tensor.output(
                        tensor.value().storage().map(storage -> firsts.putIfAbsent(storage, tensor.name()))))
                .toList();
    }

    private static void requireReadable(
            Checkpoint input, Map<String, TensorEntry> source, List<PlannedTensor> planned, OutputPlace place) {
        Set<String> held = place.writer().blockTypes();
        List<TensorEntry> wanted = planned.stream()
                .filter(tensor -> !tensor.isCopyOfBlocks()
                        || !held.contains(tensor.written().blockType().orElseThrow()))
                .flatMap(tensor -> tensor.tensor().keys().stream())
                .distinct()
                .map(source::get)
                .toList();
        List<RefusedTensor> refused = RefusedTensor.among(wanted, input.path());
        if (!refused.isEmpty()) {
            throw new ConversionException(
                    ProblemCode.CHECKPOINT_UNSUPPORTED,
                    RefusedTensor.message(refused),
                    refused.get(0).refusal().help());
        }
    }
}
