package io.graft.convert;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.carry.Belongings;
import io.graft.checkpoint.carry.CarriedMetadata;
import io.graft.checkpoint.carry.Correction;
import io.graft.checkpoint.carry.DtypeCounts;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.problem.Counts;
import io.graft.problem.FirstFew;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What goes along with the tensors of a conversion, metadata and what belongs to the model, and what has to be said of it. */
record Accompaniment(Checkpoint input, Conversion conversion) {
    /** What is asked for in another dtype is what tensors mean; else all stays as it lies. */
    Map<String, TensorEntry> source() {
        return conversion.dtype().isEmpty() ? input.stored() : input.tensors();
    }

    /** What belongs to the input, as it goes with the output: without a word of a quantization that is undone. */
    Belongings belongings(Belongings beside, List<PlannedTensor> planned) {
        return dequantized(planned).isPresent() ? beside.plain() : beside;
    }

    List<Correction> corrections(Belongings belongings, List<PlannedTensor> planned) {
        DtypeCounts before = new DtypeCounts();
        DtypeCounts after = new DtypeCounts();
        planned.forEach(tensor -> {
            before.add(tensor.value().dtype(), tensor.value().shape());
            after.add(tensor.dtype(), tensor.value().shape());
        });
        List<Correction> corrections = new ArrayList<>();
        belongings.config().ifPresent(config -> {
            corrections.addAll(config.stored(before, after));
            if (dequantized(planned).isPresent()) {
                corrections.addAll(config.plain());
            }
        });
        return corrections;
    }

    Map<String, String> metadata(List<PlannedTensor> planned) {
        Map<String, String> metadata = CarriedMetadata.of(
                input.metadata(),
                source().keySet(),
                planned.stream().map(PlannedTensor::name).collect(Collectors.toSet()),
                planned.stream().anyMatch(tensor -> !tensor.isKept()));
        if (conversion.dtype().isPresent()) {
            metadata.keySet().removeAll(input.section().markers());
        }
        return metadata;
    }

    /** The input, if what it says beside its tensors holds for the output: for the same ones, no element of which has another place. */
    Optional<Path> origin(List<PlannedTensor> planned, List<OutputTensor> outputs, OutputPlace place)
            throws IOException {
        boolean isMoved = planned.stream().anyMatch(tensor -> tensor.tensor().isMoved());
        return !isMoved && place.writer().goesOn(outputs, input.path()) ? Optional.of(input.path()) : Optional.empty();
    }

    /** @param goesOn whether all that the input says is said again */
    List<String> warnings(List<PlannedTensor> planned, Belongings belongings, OutputPlace place, boolean goesOn) {
        List<String> warnings = new ArrayList<>(input.warnings());
        dequantized(planned).ifPresent(warnings::add);
        if (place.folder()) {
            warnings.addAll(belongings.warnings());
        }
        List<String> lost = metadata(planned).keySet().stream()
                .filter(key ->
                        !goesOn && !key.equals("format") && !place.writer().keepsMetadata(key))
                .toList();
        if (!lost.isEmpty()) {
            warnings.add(
                    "metadata that " + place.format().id() + " files are written without: " + String.join(", ", lost));
        }
        undivided(planned).ifPresent(warnings::add);
        int ties = input.ties().size();
        if (ties > 0 && !place.writer().keepsTies()) {
            warnings.add((ties == 1 ? "1 tensor has" : ties + " tensors have")
                    + " several names in the input; the output holds a copy for each name");
        }
        return warnings;
    }

    /** What would be in blocks, were its rows not of another length. */
    private Optional<String> undivided(List<PlannedTensor> planned) {
        return conversion.dtype().flatMap(NewDtype::blocks).flatMap(type -> {
            List<String> names = planned.stream()
                    .filter(tensor -> !tensor.written().blockType().equals(Optional.of(type.name()))
                            && NewDtype.Blocks.isMatrix(tensor.tensor(), input))
                    .map(PlannedTensor::name)
                    .toList();
            return names.isEmpty()
                    ? Optional.empty()
                    : Optional.of("left as they are, because their rows are no whole number of " + type.elements()
                            + " elements, as blocks of " + type + " have: " + FirstFew.names(names));
        });
    }

    private Optional<String> dequantized(List<PlannedTensor> planned) {
        Set<String> kept = planned.stream()
                .filter(PlannedTensor::isCopyOfBlocks)
                .map(tensor -> tensor.tensor().key())
                .collect(Collectors.toSet());
        Map<String, Integer> schemes = new TreeMap<>();
        input.tensors().values().stream()
                .filter(tensor -> !kept.contains(tensor.name()))
                .flatMap(tensor -> tensor.encoding().stream())
                .forEach(encoding -> schemes.merge(encoding.scheme(), 1, Integer::sum));
        if (conversion.dtype().isEmpty() || schemes.isEmpty()) {
            return Optional.empty();
        }
        FirstFew counts = new FirstFew();
        schemes.forEach((scheme, count) -> counts.add(() -> Counts.of(count, "tensor") + " from " + scheme));
        return Optional.of("dequantized: " + counts);
    }
}
