package io.graft.convert;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.Progress;
import io.graft.checkpoint.RefusedTensor;
import io.graft.checkpoint.Replacement;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.carry.Belongings;
import io.graft.checkpoint.carry.CarriedFile;
import io.graft.checkpoint.carry.CarriedMetadata;
import io.graft.checkpoint.carry.Correction;
import io.graft.checkpoint.carry.DtypeCounts;
import io.graft.checkpoint.publish.Destination;
import io.graft.checkpoint.publish.OutputException;
import io.graft.checkpoint.publish.StagedOutput;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputStateDict;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.StateDictFormats;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.model.rules.RuledTensor;
import io.graft.problem.Counts;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Rounding;
import io.graft.tensor.ValueCount;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Writes an opened checkpoint in another way: as another format, into shards, under other names, with another floating-point
 * dtype. Without another dtype tensors are copied as they lie, codes and scales too; with one, they are written as they are meant, and
 * codes that nothing reads are an error. Tensors that keep their dtype are copied as bytes; memory does not grow with them. The output appears when all of it
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
        Belongings belongings = dequantized(input).isPresent() ? beside.plain() : beside;
        OutputPlace place = OutputPlace.of(output, conversion, formats);
        Map<String, TensorEntry> source = source(input);
        NewTensors tensors = NewTensors.of(input, source, conversion);
        place.requireDivisible(conversion);
        List<Planned> planned = tensors.tensors().stream()
                .map(tensor -> Planned.of(tensor, conversion))
                .toList();
        requireReadable(input, source, tensors, place);
        List<String> warnings = warnings(input, planned, belongings, place);
        List<Correction> corrections = place.folder() ? corrections(input, belongings, planned) : List.of();
        List<CarriedFile> carried = place.folder() ? belongings.corrected(corrections) : List.of();
        List<WrittenFile> files = new ArrayList<>();
        Replacement replacement;
        try {
            replacement = write(input, planned, carried, place, files, warnings);
        } catch (OutputException failure) {
            throw new ConversionException(failure);
        } finally {
            progress.ended();
        }
        return new ConversionReport(
                place.format().id(),
                planned.stream().map(Planned::converted).toList(),
                tensors.leftOut(),
                tensors.notes(),
                warnings,
                files,
                corrections,
                replacement);
    }

    private Replacement write(
            Checkpoint input,
            List<Planned> planned,
            List<CarriedFile> carried,
            OutputPlace place,
            List<WrittenFile> files,
            List<String> warnings)
            throws IOException {
        long shard = place.folder() ? conversion.maxShardSize().orElse(FIVE_GIGABYTES) : SafetensorsWriter.UNLIMITED;
        OutputStateDict stateDict =
                new OutputStateDict(outputs(planned), metadata(input, planned)).watchedBy(progress, Part.WHOLE);
        Destination destination = place.destination(input, carried, conversion.overwrite());
        try (StagedOutput staged = StagedOutput.in(destination, names(stateDict, carried, place, shard), true)) {
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
                            planned.stream().map(Planned::tensor).toList()));
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
            for (Planned tensor : planned) {
                tensor.loss().ifPresent(warnings::add);
            }
            Replacement replacement = staged.publish();
            written.forEach(file -> files.add(file.at(staged.published(file.path()))));
            return replacement;
        }
    }

    /** The first name of a tensor brings its values. */
    private static List<OutputTensor> outputs(List<Planned> planned) {
        Map<Object, String> firsts = new HashMap<>();
        return planned.stream()
                .map(tensor -> tensor.output(
                        tensor.value().storage().map(storage -> firsts.putIfAbsent(storage, tensor.name()))))
                .toList();
    }

    private static List<String> names(
            OutputStateDict stateDict, List<CarriedFile> carried, OutputPlace place, long shard) {
        if (!place.folder()) {
            return List.of(place.path().getFileName().toString());
        }
        List<String> names = new ArrayList<>(place.writer().names(place.path(), stateDict, shard));
        carried.forEach(file -> names.add(file.name()));
        names.add(ModelFiles.MANIFEST);
        return names;
    }

    /** What is asked for in another dtype is what tensors mean; else all stays as it lies. */
    private Map<String, TensorEntry> source(Checkpoint input) {
        return conversion.dtype().isEmpty() ? input.stored() : input.tensors();
    }

    private static void requireReadable(
            Checkpoint input, Map<String, TensorEntry> source, NewTensors tensors, OutputPlace place) {
        Set<String> held = place.writer().blockTypes();
        List<TensorEntry> wanted = tensors.tensors().stream()
                .flatMap(tensor -> tensor.keys().stream())
                .distinct()
                .map(source::get)
                .filter(entry -> entry.blockType().filter(held::contains).isEmpty())
                .toList();
        List<RefusedTensor> refused = RefusedTensor.among(wanted, input.path());
        if (!refused.isEmpty()) {
            throw new ConversionException(
                    ProblemCode.CHECKPOINT_UNSUPPORTED,
                    RefusedTensor.message(refused),
                    refused.get(0).refusal().help());
        }
    }

    private List<Correction> corrections(Checkpoint input, Belongings belongings, List<Planned> planned) {
        DtypeCounts before = new DtypeCounts();
        DtypeCounts after = new DtypeCounts();
        planned.forEach(tensor -> {
            before.add(tensor.value().dtype(), tensor.value().shape());
            after.add(tensor.dtype(), tensor.value().shape());
        });
        List<Correction> corrections = new ArrayList<>();
        belongings.config().ifPresent(config -> {
            corrections.addAll(config.stored(before, after));
            if (dequantized(input).isPresent()) {
                corrections.addAll(config.plain());
            }
        });
        return corrections;
    }

    private Map<String, String> metadata(Checkpoint input, List<Planned> planned) {
        Map<String, String> metadata = CarriedMetadata.of(
                input.metadata(),
                source(input).keySet(),
                planned.stream().map(Planned::name).collect(Collectors.toSet()),
                planned.stream()
                        .anyMatch(tensor -> tensor.dtype() != tensor.value().dtype()));
        if (conversion.dtype().isPresent()) {
            metadata.keySet().removeAll(input.section().markers());
        }
        return metadata;
    }

    private Optional<String> dequantized(Checkpoint input) {
        Map<String, Integer> schemes = new TreeMap<>();
        input.tensors().values().stream()
                .flatMap(tensor -> tensor.encoding().stream())
                .forEach(encoding -> schemes.merge(encoding.scheme(), 1, Integer::sum));
        if (conversion.dtype().isEmpty() || schemes.isEmpty()) {
            return Optional.empty();
        }
        FirstFew counts = new FirstFew();
        schemes.forEach((scheme, count) -> counts.add(() -> Counts.of(count, "tensor") + " from " + scheme));
        return Optional.of("dequantized: " + counts);
    }

    private List<String> warnings(Checkpoint input, List<Planned> planned, Belongings belongings, OutputPlace place) {
        List<String> warnings = new ArrayList<>(input.warnings());
        dequantized(input).ifPresent(warnings::add);
        if (place.folder()) {
            warnings.addAll(belongings.warnings());
        }
        List<String> lost = metadata(input, planned).keySet().stream()
                .filter(key -> !key.equals("format") && !place.writer().keepsMetadata(key))
                .toList();
        if (!lost.isEmpty()) {
            warnings.add(
                    "metadata that " + place.format().id() + " files are written without: " + String.join(", ", lost));
        }
        int ties = input.ties().size();
        if (ties > 0 && !place.writer().keepsTies()) {
            warnings.add((ties == 1 ? "1 tensor has" : ties + " tensors have")
                    + " several names in the input; the output holds a copy for each name");
        }
        return warnings;
    }

    /**
     * A tensor with its new name, and its dtype as it will be.
     *
     * @param rounding what becomes of the values if that is another one
     */
    private record Planned(RuledTensor tensor, DType dtype, Rounding rounding) {
        static Planned of(RuledTensor tensor, Conversion conversion) {
            DType own = tensor.value().dtype();
            DType dtype =
                    conversion.dtype().filter(wanted -> own.isFloatingPoint()).orElse(own);
            return new Planned(tensor, dtype, new Rounding(true, false));
        }

        String name() {
            return tensor.name();
        }

        LazyTensor value() {
            return tensor.value();
        }

        OutputTensor output(Optional<String> sameAs) {
            return dtype == value().dtype()
                    ? OutputTensor.of(name(), value(), value()::materialize, sameAs)
                    : new OutputTensor(
                            name(),
                            dtype,
                            value().shape(),
                            () -> new DTypeConversion(value().materialize(), value().dtype(), dtype, rounding),
                            sameAs);
        }

        ConvertedTensor converted() {
            return new ConvertedTensor(
                    tensor.key(),
                    name(),
                    value().dtype(),
                    dtype,
                    value().shape(),
                    value().provenance(),
                    tensor.isMoved(),
                    rounding.maxRelativeError());
        }

        /** What was lost, in words; empty if nothing was. */
        Optional<String> loss() throws IOException {
            if (!rounding.isDoubtful()) {
                return Optional.empty();
            }
            return Optional.of(
                    ValueCount.of(value().materialize(), value().dtype(), dtype).overflow(name()));
        }
    }
}
