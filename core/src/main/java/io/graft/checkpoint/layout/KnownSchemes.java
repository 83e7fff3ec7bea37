package io.graft.checkpoint.layout;

import io.graft.checkpoint.layout.TensorSet.Refusal;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The layouts of quantized weights that are known by their names and dtypes, whether or not something reads them: what no layout took
 * and is one of these is codes, and never numbers. Where names do not tell the logical shape, it is taken from what lies beside them.
 */
final class KnownSchemes {
    static final String ID = "known";
    private static final Refusal UNREAD =
            new Refusal("is stored as %s, which Graft does not read", "give the checkpoint that it was made from");
    private static final Refusal FP8 = new Refusal(
            "is stored as %s, which no layout at hand reads", "add graft-modifiers-quantization, which reads it");
    private static final String QDATA = "_weight_qdata";
    private static final String INVERSE = "_scale_inv";
    private static final long LONGEST_DESCRIPTION = 1 << 16;

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
        if (stored.find(part.name() + ".absmax").isPresent()) {
            bitsandbytes(part);
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
        if (!scales.isEmpty()) {
            add("FP8 codes with scales", part.name(), part.shape(), FP8, part, scales);
        }
    }

    private void bytes(Part part) {
        if (part.last().equals("weight")) {
            List<Part> rows = siblings(part, "SCB", "weight_format");
            List<Part> exponents = siblings(part, "scale");
            if (!rows.isEmpty()) {
                add("bitsandbytes int8", part.name(), part.shape(), UNREAD, part, rows);
                return;
            }
            if (!exponents.isEmpty() && exponents.get(0).dtype() == DType.F8_E8M0) {
                add("FP4 of two codes a byte", part.name(), wider(part, 2), UNREAD, part, exponents);
                return;
            }
        }
        if (part.name().endsWith(QDATA)) {
            torchao(part);
            return;
        }
        List<Part> scales = beside(part, "_scale", "_zero_point");
        if (!scales.isEmpty()) {
            add("int8 codes with scales", part.name(), part.shape(), UNREAD, part, scales);
        }
    }

    private void packed(Part part) {
        String name = part.name();
        if (name.endsWith("_blocks")) {
            String of = name.substring(0, name.length() - "_blocks".length());
            stored.find(of + "_scales")
                    .ifPresent(scales -> add("MXFP4", of, experts(part), UNREAD, part, List.of(scales)));
        } else if (name.endsWith(QDATA)) {
            torchao(part);
        } else if (part.last().equals("weight_packed")) {
            List<Part> scales = siblings(part, "weight_scale", "weight_global_scale", "weight_shape");
            if (!scales.isEmpty()) {
                boolean isNv = scales.get(0).dtype().isFloatingPoint();
                add(isNv ? "NVFP4" : "MXFP4", part.sibling("weight"), wider(part, 2), UNREAD, part, scales);
            }
        } else if (part.last().equals("W_q")) {
            hqq(part);
        } else if (part.last().equals("codes")) {
            named(part, "AQLM", "codebooks");
        } else {
            List<Part> scales = beside(part, "_scale", "_scale_2");
            if (scales.size() == 2) {
                add("NVFP4", name, wider(part, 2), UNREAD, part, scales);
            } else if (!scales.isEmpty()) {
                add("codes of one byte with scales", name, part.shape(), UNREAD, part, scales);
            }
        }
    }

    private void words(Part part) {
        switch (part.last()) {
            case "qweight" -> qweight(part);
            case "weight_packed" -> wordsPacked(part);
            case "W_q" -> hqq(part);
            case "q_weight" -> named(part, "EXL2", "q_scale");
            case "trellis" -> named(part, "EXL3", "svh");
            case "codes" -> named(part, "AQLM", "codebooks");
            case "indices" -> named(part, "VPTQ", "centroids");
            case "B" -> named(part, "Marlin", "workspace");
            case "weight" -> affine(part);
            default -> {}
        }
    }

    private void bitsandbytes(Part part) {
        List<Part> others = stored.all().stream()
                .filter(other -> other.name().startsWith(part.name() + "."))
                .toList();
        Optional<Map<String, Object>> state = others.stream()
                .filter(other -> other.name().contains(".quant_state."))
                .findFirst()
                .flatMap(KnownSchemes::description);
        Shape shape = state.flatMap(json -> ModelConfiguration.wholes(json, "shape"))
                .filter(dimensions -> dimensions.stream().allMatch(dimension -> dimension >= 0))
                .map(Shape::new)
                .orElseGet(() -> flat(part, 2));
        add(
                "bitsandbytes "
                        + state.flatMap(json -> ModelConfiguration.text(json, "quant_type"))
                                .filter(type -> type.equals("nf4") || type.equals("fp4"))
                                .orElse("4-bit"),
                part.name(),
                shape,
                UNREAD,
                part,
                others);
    }

    private void qweight(Part part) {
        Optional<Part> scales = stored.sibling(part, "scales");
        if (scales.isEmpty() || part.shape().rank() != 2 || scales.get().shape().rank() != 2) {
            return;
        }
        List<Part> others = siblings(part, "qzeros", "scales", "g_idx");
        long rows = part.shape().dimension(0);
        long columns = part.shape().dimension(1);
        long out = scales.get().shape().dimension(1);
        if (out == columns * 8) {
            add("AWQ", part.sibling("weight"), Shape.of(out, rows), UNREAD, part, others);
            return;
        }
        long in = stored.sibling(part, "g_idx")
                .map(groups -> groups.shape().elementCount())
                .orElseGet(() -> rows * Integer.SIZE / bits(4));
        add("GPTQ", part.sibling("weight"), Shape.of(out, in), UNREAD, part, others);
    }

    private void wordsPacked(Part part) {
        List<Part> others = siblings(part, "weight_scale", "weight_zero_point", "weight_g_idx", "weight_shape");
        if (others.isEmpty() || part.shape().rank() != 2) {
            return;
        }
        Shape shape = stored.sibling(part, "weight_shape")
                .flatMap(KnownSchemes::shapeIn)
                .orElseGet(
                        () -> Shape.of(part.shape().dimension(0), part.shape().dimension(1) * Integer.SIZE / bits(4)));
        add("integers packed by compressed-tensors", part.sibling("weight"), shape, UNREAD, part, others);
    }

    private void affine(Part part) {
        List<Part> others = siblings(part, "scales", "biases");
        if (part.dtype() == DType.U32 && others.size() == 2) {
            long bits = ModelConfiguration.object(stored.configuration().values(), "quantization")
                    .flatMap(quantization -> ModelConfiguration.whole(quantization, "bits"))
                    .filter(KnownSchemes::isWidth)
                    .orElse(4L);
            add("integers of MLX", part.name(), wider(part, Integer.SIZE / (double) bits), UNREAD, part, others);
        }
    }

    private void torchao(Part part) {
        String stem = part.name().substring(0, part.name().length() - QDATA.length());
        List<Part> others = Stream.of("_weight_scale", "_weight_zero_point")
                .map(suffix -> stored.find(stem + suffix))
                .flatMap(Optional::stream)
                .toList();
        if (!others.isEmpty()) {
            add("codes of torchao", stem + "weight", part.shape(), UNREAD, part, others);
        }
    }

    private void hqq(Part part) {
        List<Part> others = stored.all().stream()
                .filter(other -> other.module().equals(part.module())
                        && !other.name().equals(part.name())
                        && !other.last().equals("bias"))
                .toList();
        Shape shape = others.stream()
                .filter(other -> other.last().equals("shape"))
                .findFirst()
                .flatMap(KnownSchemes::shapeIn)
                .orElseGet(() -> flat(part, 2));
        add("HQQ", part.sibling("weight"), shape, UNREAD, part, others);
    }

    private void named(Part part, String scheme, String companion) {
        stored.sibling(part, companion)
                .ifPresent(other -> add(scheme, part.sibling("weight"), part.shape(), UNREAD, part, List.of(other)));
    }

    private void add(String scheme, String name, Shape shape, Refusal refusal, Part codes, List<Part> others) {
        List<Part> parts = new ArrayList<>(List.of(codes));
        parts.addAll(others);
        TensorSet set = TensorSet.refused(
                ID,
                scheme,
                name,
                dtype(),
                shape,
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

    private long bits(long usual) {
        return stored.configuration()
                .quantization()
                .flatMap(config -> ModelConfiguration.whole(config, "bits"))
                .filter(KnownSchemes::isWidth)
                .orElse(usual);
    }

    private static boolean isWidth(long bits) {
        return bits >= 1 && bits <= Byte.SIZE;
    }

    /** The last axis, with several codes in each element. */
    private static Shape wider(Part part, double codes) {
        Shape shape = part.shape();
        int last = shape.rank() - 1;
        return last < 0 ? shape : shape.with(last, (long) (shape.dimension(last) * codes));
    }

    private static Shape flat(Part part, long codes) {
        return Shape.of(part.data().byteCount() * codes);
    }

    /** {@code [experts, out, groups, 16]} bytes of two codes, which are {@code [experts, in, out]} numbers. */
    private static Shape experts(Part blocks) {
        Shape shape = blocks.shape();
        return shape.rank() == 4
                ? Shape.of(shape.dimension(0), shape.dimension(2) * shape.dimension(3) * 2, shape.dimension(1))
                : shape;
    }

    /** JSON that lies in a tensor. */
    private static Optional<Map<String, Object>> description(Part part) {
        return small(part)
                .flatMap(bytes -> ModelConfiguration.parse(
                        StandardCharsets.UTF_8.decode(bytes).toString()));
    }

    /** A shape that lies in a tensor. */
    private static Optional<Shape> shapeIn(Part part) {
        if (part.dtype() != DType.I64 && part.dtype() != DType.I32) {
            return Optional.empty();
        }
        return small(part).map(bytes -> {
            List<Long> dimensions = new ArrayList<>();
            while (bytes.hasRemaining()) {
                dimensions.add(Math.max(0, part.dtype() == DType.I64 ? bytes.getLong() : bytes.getInt()));
            }
            return new Shape(dimensions);
        });
    }

    private static Optional<ByteBuffer> small(Part part) {
        long length = part.data().byteCount();
        try {
            return length > LONGEST_DESCRIPTION
                    ? Optional.empty()
                    : Optional.of(part.data().window(0, (int) length));
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }
}
