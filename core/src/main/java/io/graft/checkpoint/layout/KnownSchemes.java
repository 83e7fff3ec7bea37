package io.graft.checkpoint.layout;

import io.graft.checkpoint.layout.TensorSet.Refusal;
import io.graft.tensor.DType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The layouts of quantized weights that are known by their names and dtypes, whether or not something reads them: what no layout took
 * and is one of these is codes, and never numbers. It is listed with the shape of the codes.
 */
final class KnownSchemes {
    static final String ID = "known";
    private static final Refusal UNREAD =
            new Refusal("is stored as %s, which Graft does not read", "give the checkpoint that it was made from");
    private static final Refusal READ_ELSEWHERE = new Refusal(
            "is stored as %s, which no layout at hand reads", "add graft-modifiers-quantization, which reads it");
    private static final String QDATA = "_weight_qdata";
    private static final String INVERSE = "_scale_inv";

    private final StoredTensors stored;
    private final List<TensorSet> found;
    private final List<Part> rest;
    private final Set<String> taken = new HashSet<>();
    private final List<TensorSet> sets = new ArrayList<>();

    /**
     * @param found what layouts took
     * @param names of all that is in it
     * @param markers what layouts say is no tensor
     */
    KnownSchemes(StoredTensors stored, List<TensorSet> found, Set<String> names, Set<String> markers) {
        this.stored = stored;
        this.found = List.copyOf(found);
        this.rest = stored.all().stream()
                .filter(part -> !names.contains(part.name()) && !markers.contains(part.name()))
                .toList();
    }

    Grouping group() {
        for (Part part : rest) {
            if (!taken.contains(part.name())) {
                find(part);
            }
        }
        List<Part> untaken =
                rest.stream().filter(part -> !taken.contains(part.name())).toList();
        if (!untaken.isEmpty()) {
            LoneParts lone = new LoneParts(stored, dtype(), scaled());
            untaken.forEach(part -> lone.find(part).ifPresent(sets::add));
        }
        return new Grouping(sets);
    }

    /** How many weights of 8-bit floats have scales. */
    private int scaled() {
        return (int) Stream.concat(found.stream(), sets.stream())
                .filter(set -> LoneParts.is8BitFloat(set.parts().get(0)))
                .count();
    }

    private void find(Part part) {
        if (stored.lasts().contains("absmax")
                && stored.find(part.name() + ".absmax").isPresent()) {
            List<Part> others = stored.all().stream()
                    .filter(other -> other.name().startsWith(part.name() + "."))
                    .toList();
            add("bitsandbytes 4-bit", part.name(), READ_ELSEWHERE, part, others);
            return;
        }
        switch (part.dtype()) {
            case F8_E4M3, F8_E5M2, F8_E4M3FNUZ, F8_E5M2FNUZ -> scaledFloats(part);
            case I8 -> bytes(part);
            case U8 -> packed(part);
            case I32, U32 -> words(part);
            default -> {}
        }
    }

    private DType dtype() {
        return stored.configuration().dtype().orElse(DType.F32);
    }

    private void scaledFloats(Part part) {
        if (part.name().endsWith(QDATA)) {
            torchao(part);
            return;
        }
        List<Part> scales = beside(part, INVERSE, "_scale");
        if (scales.isEmpty() && part.last().equals("weight")) {
            scales = siblings(part, "scale", "scale_weight");
        }
        addIfAny("FP8 codes with scales", part.name(), part, scales);
    }

    private void bytes(Part part) {
        if (part.last().equals("weight")) {
            List<Part> rows = siblings(part, "SCB", "weight_format");
            List<Part> exponents = siblings(part, "scale");
            if (!rows.isEmpty()) {
                add("bitsandbytes int8", part.name(), READ_ELSEWHERE, part, rows);
                return;
            }
            if (!exponents.isEmpty() && exponents.get(0).dtype() == DType.F8_E8M0) {
                add("FP4 of two codes a byte", part.name(), READ_ELSEWHERE, part, exponents);
                return;
            }
        }
        if (part.name().endsWith(QDATA)) {
            torchao(part);
            return;
        }
        addIfAny("int8 codes with scales", part.name(), part, beside(part, "_scale", "_zero_point"));
    }

    private void packed(Part part) {
        String name = part.name();
        if (name.endsWith("_blocks")) {
            String of = name.substring(0, name.length() - "_blocks".length());
            stored.find(of + "_scales").ifPresent(scales -> add("MXFP4", of, READ_ELSEWHERE, part, List.of(scales)));
        } else if (name.endsWith(QDATA)) {
            torchao(part);
        } else if (part.last().equals("weight_packed")) {
            List<Part> scales = siblings(part, "weight_scale", "weight_global_scale", "weight_shape");
            boolean isNv = !scales.isEmpty() && scales.get(0).dtype().isFloatingPoint();
            addIfAny(isNv ? "NVFP4" : "MXFP4", part.sibling("weight"), part, scales);
        } else if (part.last().equals("W_q")) {
            hqq(part);
        } else if (part.last().equals("codes")) {
            named(part, "AQLM", "codebooks");
        } else {
            List<Part> scales = beside(part, "_scale", "_scale_2");
            if (scales.size() == 2) {
                add("NVFP4", name, READ_ELSEWHERE, part, scales);
            } else if (!scales.isEmpty()) {
                add("codes of one byte with scales", name, UNREAD, part, scales);
            }
        }
    }

    private void words(Part part) {
        switch (part.last()) {
            case "qweight" -> qweight(part);
            case "weight_packed" ->
                addIfAny(
                        "integers packed by compressed-tensors",
                        part.sibling("weight"),
                        part,
                        siblings(part, "weight_scale", "weight_zero_point", "weight_g_idx", "weight_shape"));
            case "W_q" -> hqq(part);
            case "q_weight" -> named(part, "EXL2", "q_scale");
            case "trellis" -> named(part, "EXL3", "svh");
            case "codes" -> named(part, "AQLM", "codebooks");
            case "indices" -> named(part, "VPTQ", "centroids");
            case "B" -> named(part, "Marlin", "workspace");
            case "weight" -> {
                List<Part> others = siblings(part, "scales", "biases");
                if (part.dtype() == DType.U32 && others.size() == 2) {
                    add("integers of MLX", part.name(), READ_ELSEWHERE, part, others);
                }
            }
            default -> {}
        }
    }

    private void qweight(Part part) {
        Optional<Part> scales = stored.sibling(part, "scales");
        if (scales.isEmpty() || part.shape().rank() != 2 || scales.get().shape().rank() != 2) {
            return;
        }
        boolean isAwq = scales.get().shape().dimension(1) == part.shape().dimension(1) * 8;
        List<Part> others = siblings(part, "qzeros", "scales", "g_idx");
        add(isAwq ? "AWQ" : "GPTQ", part.sibling("weight"), READ_ELSEWHERE, part, others);
    }

    private void torchao(Part part) {
        String stem = part.name().substring(0, part.name().length() - QDATA.length());
        List<Part> others = Stream.of("_weight_scale", "_weight_zero_point")
                .map(suffix -> stored.find(stem + suffix))
                .flatMap(Optional::stream)
                .toList();
        addIfAny("codes of torchao", stem + "weight", part, others);
    }

    private void hqq(Part part) {
        List<Part> others = stored.all().stream()
                .filter(other -> other.module().equals(part.module())
                        && !other.name().equals(part.name())
                        && !other.last().equals("bias"))
                .toList();
        add("HQQ", part.sibling("weight"), READ_ELSEWHERE, part, others);
    }

    private void named(Part part, String scheme, String companion) {
        stored.sibling(part, companion)
                .ifPresent(other -> add(scheme, part.sibling("weight"), UNREAD, part, List.of(other)));
    }

    private void addIfAny(String scheme, String name, Part codes, List<Part> others) {
        if (!others.isEmpty()) {
            add(scheme, name, READ_ELSEWHERE, codes, others);
        }
    }

    private void add(String scheme, String name, Refusal refusal, Part codes, List<Part> others) {
        List<Part> parts = new ArrayList<>(List.of(codes));
        parts.addAll(others);
        TensorSet set = TensorSet.refused(
                ID,
                scheme,
                name,
                dtype(),
                codes.shape(),
                parts,
                new Refusal(String.format(Locale.ROOT, refusal.reason(), scheme), refusal.help()));
        taken.addAll(set.names());
        sets.add(set);
    }

    private List<Part> beside(Part part, String... suffixes) {
        return Stream.of(suffixes)
                .map(suffix -> stored.find(part.name() + suffix))
                .flatMap(Optional::stream)
                .toList();
    }

    private List<Part> siblings(Part part, String... lasts) {
        return Stream.of(lasts)
                .map(last -> stored.sibling(part, last))
                .flatMap(Optional::stream)
                .toList();
    }
}
