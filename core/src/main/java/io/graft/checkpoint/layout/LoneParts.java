package io.graft.checkpoint.layout;

import io.graft.checkpoint.layout.TensorSet.Refusal;
import io.graft.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Codes without scales and scales without codes: what would pass for numbers because the rest of its set is missing. It is known by names
 * that nothing else has.
 */
final class LoneParts {
    private static final String INVERSE = "_scale_inv";
    private static final String BLOCKS = "_blocks";
    private static final String BLOCK_SCALES = "_scales";
    private static final String QDATA = "_weight_qdata";
    private static final String WHOLE = "take the whole checkpoint, with all its shards";

    /** Last names of what describes the codes of a module. */
    private static final Set<String> COMPANIONS = Set.of(
            "SCB",
            "qzeros",
            "scale_weight",
            "weight_scale",
            "weight_scale_2",
            "weight_global_scale",
            "weight_zero_point",
            "weight_shape",
            "_weight_scale");

    /** Last names of the codes of a module. */
    private static final List<String> CODES =
            List.of("weight", "qweight", "weight_packed", "W_q", "q_weight", "_weight_qdata");

    private final StoredTensors stored;
    private final DType dtype;
    private final int scaled;

    /**
     * @param dtype what codes without a layout count as
     * @param scaled how many weights of 8-bit floats have scales
     */
    LoneParts(StoredTensors stored, DType dtype, int scaled) {
        this.stored = stored;
        this.dtype = dtype;
        this.scaled = scaled;
    }

    /** Whether a last name is one that scales and other companions of codes have. */
    static boolean isCompanion(String last) {
        return COMPANIONS.contains(last) || last.endsWith(INVERSE) || last.equals("absmax");
    }

    /** The set that a tensor is alone, if it is one without the rest. */
    Optional<TensorSet> find(Part part) {
        return missingScale(part)
                .map(reason -> alone("codes without a scale", part, reason))
                .or(() -> missingCodes(part).map(codes -> alone("scale without codes", part, codes)));
    }

    private Optional<String> missingScale(Part part) {
        if (is8BitFloat(part) && !part.last().endsWith("scale") && !part.last().endsWith(INVERSE)) {
            return scaled == 0
                    ? Optional.empty()
                    : Optional.of("has FP8 codes and no scale, and " + scaled + " other weight"
                            + (scaled == 1 ? " has" : "s have") + " one");
        }
        return switch (part.dtype()) {
            case I32, U32 ->
                switch (part.last()) {
                    case "qweight" -> missing("has codes of GPTQ or AWQ", part.sibling("scales"));
                    case "weight_packed" -> missing("has packed codes", part.sibling("weight_scale"));
                    default -> Optional.empty();
                };
            case U8, I8 -> {
                String name = part.name();
                if (part.last().equals("weight_packed")) {
                    yield missing("has packed codes", part.sibling("weight_scale"));
                }
                if (name.endsWith(BLOCKS) && part.shape().rank() == 4) {
                    yield missing("has blocks of codes", stem(name, BLOCKS) + BLOCK_SCALES);
                }
                yield name.endsWith(QDATA)
                        ? missing("has codes of torchao", stem(name, QDATA) + "_weight_scale")
                        : Optional.empty();
            }
            default -> Optional.empty();
        };
    }

    /** Codes whose companion is there are those of a scheme, and come here only if its shapes do not fit. */
    private Optional<String> missing(String what, String companion) {
        return stored.find(companion).isPresent()
                ? Optional.of(what + ", and `" + companion + "` of a shape that does not go with them")
                : Optional.of(what + ", and `" + companion + "` is not there");
    }

    private Optional<String> missingCodes(Part part) {
        String name = part.name();
        List<String> codes = new ArrayList<>();
        if (part.last().endsWith(INVERSE)) {
            codes.add(stem(name, INVERSE));
        } else if (part.last().equals("absmax")) {
            codes.add(part.module());
        } else if (COMPANIONS.contains(part.last())) {
            CODES.stream().map(part::sibling).forEach(codes::add);
        } else if (name.endsWith(BLOCK_SCALES)
                && part.dtype() == DType.U8
                && part.shape().rank() == 3) {
            codes.add(stem(name, BLOCK_SCALES) + BLOCKS);
        } else {
            return Optional.empty();
        }
        if (codes.stream().anyMatch(each -> stored.find(each).isPresent())) {
            return Optional.empty();
        }
        return Optional.of("belongs to `" + codes.get(0) + "`, which is not there");
    }

    private TensorSet alone(String scheme, Part part, String reason) {
        return TensorSet.refused(
                KnownSchemes.ID, scheme, part.name(), dtype, part.shape(), List.of(part), new Refusal(reason, WHOLE));
    }

    static boolean is8BitFloat(Part part) {
        return switch (part.dtype()) {
            case F8_E4M3, F8_E5M2, F8_E4M3FNUZ, F8_E5M2FNUZ -> true;
            default -> false;
        };
    }

    private static String stem(String name, String ending) {
        return name.substring(0, name.length() - ending.length());
    }
}
