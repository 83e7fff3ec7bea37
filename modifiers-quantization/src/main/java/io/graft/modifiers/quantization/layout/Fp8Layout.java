package io.graft.modifiers.quantization.layout;

import com.google.auto.service.AutoService;
import io.graft.checkpoint.layout.CheckpointLayout;
import io.graft.checkpoint.layout.Grouping;
import io.graft.checkpoint.layout.Part;
import io.graft.checkpoint.layout.StoredTensors;
import io.graft.checkpoint.layout.TensorSet;
import io.graft.modifiers.quantization.layout.Products.Product;
import io.graft.tensor.DType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

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
        Products products = new Products(quantization);
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
            found.add(set(part, scale.get(), found.activations(part), products));
        }
        return found.grouping();
    }

    private static Optional<Part> scale(Part codes, StoredTensors stored) {
        for (String suffix : SUFFIXES) {
            Optional<Part> scale = stored.find(codes.name() + suffix).filter(Fp8Layout::isScale);
            if (scale.isPresent()) {
                return scale;
            }
        }
        return codes.last().equals("weight")
                ? stored.sibling(codes, "scale").filter(Fp8Layout::isScale)
                : Optional.empty();
    }

    private static boolean isScale(Part part) {
        return SCALES.contains(part.dtype());
    }

    /** Whether a tensor of 8-bit floats is itself the scale of codes, or belongs to another layout. */
    private static boolean isCompanion(Part part) {
        String name = part.name();
        return name.endsWith("_scale") || name.endsWith("_scale_inv") || name.endsWith("_weight_qdata");
    }

    private TensorSet set(Part codes, Part scale, Collection<Part> others, Products products) {
        List<Part> parts = new ArrayList<>(List.of(codes, scale));
        parts.addAll(others);
        try {
            Product product = products.of(codes, scale);
            return TensorSet.of(id(), product.scheme(), codes.name(), parts, product.value());
        } catch (Misfit misfit) {
            return TensorSet.refused(
                    id(),
                    Products.format(codes, scale),
                    codes.name(),
                    products.dtype(scale),
                    codes.shape(),
                    parts,
                    misfit.refusal());
        }
    }
}
