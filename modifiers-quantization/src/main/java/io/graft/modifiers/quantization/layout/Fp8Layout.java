package io.graft.modifiers.quantization.layout;

import com.google.auto.service.AutoService;
import io.graft.checkpoint.layout.CheckpointLayout;
import io.graft.checkpoint.layout.Grouping;
import io.graft.checkpoint.layout.Part;
import io.graft.checkpoint.layout.StoredTensors;
import io.graft.checkpoint.layout.TensorSet;
import io.graft.modifiers.quantization.layout.Scales.Spread;
import io.graft.tensor.DType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * 8-bit floats with scales, one for the tensor, a row or a block, as DeepSeek, Qwen, compressed-tensors, fbgemm and ModelOpt store them,
 * and MXFP8: {@code weight} beside {@code weight_scale_inv}, {@code weight_scale} or {@code scale}. Whatever the name, a scale is what
 * codes are multiplied by.
 *
 * <p>The value is the product in 32 bits, rounded to the dtype of the model; with compressed-tensors, to that of the scale. Blocks at
 * an edge are short: which block an element is in follows from the configured size alone.
 */
@AutoService(CheckpointLayout.class)
// A compiler that does not find AutoService leaves its annotation out.
@SuppressWarnings("exports")
public final class Fp8Layout implements CheckpointLayout {
    private static final Set<DType> CODES = Set.of(DType.F8_E4M3, DType.F8_E5M2);
    private static final Set<DType> SCALES = Set.of(DType.F32, DType.BF16, DType.F16, DType.F8_E8M0, DType.U8);
    private static final List<String> SUFFIXES = List.of("_scale_inv", "_scale");

    /** As {@link java.util.ServiceLoader} needs it. */
    public Fp8Layout() {}

    @Override
    public String id() {
        return "fp8";
    }

    @Override
    public Grouping group(StoredTensors stored) {
        Quantization quantization = Quantization.of(stored.configuration());
        Predicate<Part> ofComfy = ComfyLayout.claims(stored);
        Findings found = new Findings("FP8 codes with scales", stored, quantization);
        for (Part part : stored.all()) {
            if (!CODES.contains(part.dtype()) || isCompanion(part) || ofComfy.test(part)) {
                continue;
            }
            Optional<Part> scale = scale(part, stored);
            if (scale.isEmpty()) {
                continue;
            }
            found.add(set(part, scale.get(), found.activations(part), quantization));
        }
        return found.grouping();
    }

    private static Optional<Part> scale(Part codes, StoredTensors stored) {
        Stream<String> names = Stream.concat(
                SUFFIXES.stream().map(suffix -> codes.name() + suffix),
                codes.last().equals("weight") ? Stream.of(codes.sibling("scale")) : Stream.of());
        return names.map(stored::find)
                .flatMap(Optional::stream)
                .filter(part -> SCALES.contains(part.dtype()))
                .findFirst();
    }

    /** Whether a tensor of 8-bit floats is itself the scale of codes, or belongs to another layout. */
    private static boolean isCompanion(Part part) {
        return part.last().endsWith("_scale")
                || part.last().endsWith("_scale_inv")
                || part.name().endsWith("_weight_qdata");
    }

    private TensorSet set(Part codes, Part scale, Collection<Part> others, Quantization quantization) {
        List<Part> parts = new ArrayList<>(List.of(codes, scale));
        parts.addAll(others);
        DType dtype = dtype(scale, quantization);
        boolean isMicroscaled = scale.dtype() == DType.U8;
        String kind = isMicroscaled ? "MXFP8" : codes.dtype() == DType.F8_E5M2 ? "FP8 (E5M2)" : "FP8";
        try {
            Spread spread = new Scales(codes, scale, quantization.block()).spread(codes.name());
            return TensorSet.of(
                    id(),
                    kind + ", " + spread.words(),
                    codes.name(),
                    parts,
                    Scales.product(TensorSet.leaf(codes.name(), codes), spread.scales(), dtype));
        } catch (Misfit misfit) {
            return TensorSet.refused(id(), kind, codes.name(), dtype, codes.shape(), parts, misfit.refusal());
        }
    }

    /** What compressed-tensors gives is of the scale's dtype. */
    private static DType dtype(Part scale, Quantization quantization) {
        boolean isScales = quantization.method().equals("compressed-tensors")
                || (!quantization.isPresent() && scale.dtype() == DType.F16);
        boolean isFloat = scale.dtype().isFloatingPoint() && scale.dtype().bits() > Byte.SIZE;
        return isScales && isFloat ? scale.dtype() : quantization.dtype();
    }
}
