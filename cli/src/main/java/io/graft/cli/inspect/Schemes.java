package io.graft.cli.inspect;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.Encoding;
import io.graft.checkpoint.RefusedTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.problem.Counts;
import io.graft.problem.Printable;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.JsonGenerator;

/** What a checkpoint's stored tensors are together: quantized weights, by the way in which they are stored. */
record Schemes(List<TensorEntry> tensors) {
    /**
     * Those of a checkpoint.
     *
     * @param shown the stored tensors that are shown
     */
    static Schemes of(Checkpoint checkpoint, Collection<TensorEntry> shown) {
        Set<String> names = shown.stream().map(TensorEntry::name).collect(Collectors.toSet());
        return new Schemes(checkpoint.tensors().values().stream()
                .filter(tensor -> tensor.encoding().stream()
                        .flatMap(encoding -> encoding.stored().stream())
                        .anyMatch(part -> names.contains(part.name())))
                .toList());
    }

    /** One line a scheme, and one for each reason why tensors cannot be read. */
    void print(PrintWriter out) {
        if (tensors.isEmpty()) {
            return;
        }
        Map<String, List<TensorEntry>> byScheme = new LinkedHashMap<>();
        Map<String, List<RefusedTensor>> byReason = new LinkedHashMap<>();
        for (TensorEntry tensor : tensors) {
            Encoding encoding = tensor.encoding().orElseThrow();
            byScheme.computeIfAbsent(encoding.scheme(), first -> new ArrayList<>())
                    .add(tensor);
            encoding.set()
                    .refusal()
                    .ifPresent(refusal -> byReason.computeIfAbsent(refusal.reason(), first -> new ArrayList<>())
                            .add(RefusedTensor.of(encoding)));
        }
        out.println();
        byScheme.forEach((scheme, all) -> out.println("  quantized: " + described(scheme, all)));
        byReason.values()
                .forEach(refused -> out.println("! " + Printable.of(RefusedTensor.message(refused)) + "; "
                        + refused.get(0).refusal().help()));
    }

    private static String described(String scheme, List<TensorEntry> all) {
        long elements =
                all.stream().mapToLong(tensor -> tensor.shape().elementCount()).sum();
        long bytes = all.stream().mapToLong(TensorEntry::storedBytes).sum();
        TensorEntry first = all.get(0);
        return Counts.of(all.size(), "weight") + " as " + Printable.of(scheme) + ": " + Counts.of(elements, "element")
                + " in " + Counts.of(bytes, "byte") + "; " + Printable.of(first.name()) + " is " + first.dtype() + " "
                + first.shape();
    }

    /** Each logical tensor, for programs. */
    void write(JsonGenerator json) {
        json.writeArrayPropertyStart("quantized");
        for (TensorEntry tensor : tensors) {
            Encoding encoding = tensor.encoding().orElseThrow();
            json.writeStartObject();
            json.writeStringProperty("name", tensor.name());
            json.writeStringProperty("scheme", encoding.scheme());
            json.writeStringProperty("dtype", tensor.dtype().name());
            json.writeArrayPropertyStart("shape");
            tensor.shape().dimensions().forEach(json::writeNumber);
            json.writeEndArray();
            json.writeArrayPropertyStart("parts");
            encoding.stored().forEach(part -> json.writeString(part.name()));
            json.writeEndArray();
            encoding.set().refusal().ifPresent(refusal -> json.writeStringProperty("unreadable", refusal.reason()));
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
