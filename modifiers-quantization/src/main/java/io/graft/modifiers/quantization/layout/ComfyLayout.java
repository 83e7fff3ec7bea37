package io.graft.modifiers.quantization.layout;

import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.lookup;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.stored;

import com.google.auto.service.AutoService;
import io.graft.checkpoint.layout.CheckpointLayout;
import io.graft.checkpoint.layout.Grouping;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.checkpoint.layout.Part;
import io.graft.checkpoint.layout.StoredTensors;
import io.graft.checkpoint.layout.TensorSet;
import io.graft.checkpoint.layout.TensorSet.Refusal;
import io.graft.problem.Printable;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * 8-bit floats with one scale a weight, as ComfyUI stores them: {@code weight} beside {@code scale_weight}, with the marker {@code
 * scaled_fp8}; or beside {@code weight_scale} with a description in {@code comfy_quant} or in the metadata of the file.
 *
 * <p>The scale is rounded to the dtype of the result before codes are multiplied by it: BF16, or F16 if that is what the file has beside
 * the codes.
 */
@AutoService(CheckpointLayout.class)
// A compiler that does not find AutoService leaves its annotation out.
@SuppressWarnings("exports")
public final class ComfyLayout implements CheckpointLayout {
    private static final String MARKER = "scaled_fp8";
    private static final String DESCRIPTION = "comfy_quant";
    private static final String OLD_SCALE = "scale_weight";
    private static final List<String> SIGNS = List.of(MARKER, OLD_SCALE, DESCRIPTION);
    private static final String METADATA = "_quantization_metadata";
    private static final int LONGEST = 1 << 16;
    private static final Map<String, DType> FORMATS =
            Map.of("float8_e4m3fn", DType.F8_E4M3, "float8_e5m2", DType.F8_E5M2);

    /** As {@link java.util.ServiceLoader} needs it. */
    public ComfyLayout() {}

    @Override
    public String id() {
        return "comfyui";
    }

    /** Which weights are described as ComfyUI does. */
    static Predicate<Part> claims(StoredTensors stored) {
        Map<String, Object> layers = layers(stored);
        if (isAbsent(stored, layers)) {
            return codes -> false;
        }
        return codes -> codes.last().equals("weight")
                && (stored.sibling(codes, OLD_SCALE).isPresent()
                        || stored.sibling(codes, DESCRIPTION).isPresent()
                        || layers.containsKey(codes.module()));
    }

    private static boolean isAbsent(StoredTensors stored, Map<String, Object> layers) {
        return layers.isEmpty() && Collections.disjoint(stored.lasts(), SIGNS);
    }

    @Override
    public Grouping group(StoredTensors stored) {
        Map<String, Object> layers = layers(stored);
        if (isAbsent(stored, layers)) {
            return Grouping.NONE;
        }
        DType result = result(stored);
        List<TensorSet> sets = new ArrayList<>();
        Set<String> markers = new HashSet<>(layers.isEmpty() ? Set.of() : Set.of(METADATA));
        for (Part part : stored.all()) {
            if (part.last().equals(MARKER)) {
                markers.add(part.name());
            } else if (part.last().equals("weight")) {
                Optional<Part> old = stored.sibling(part, OLD_SCALE);
                Optional<Part> described = stored.sibling(part, DESCRIPTION);
                if (old.isPresent()) {
                    sets.add(scaled(part, old.get(), part.dtype(), others(part, stored), result));
                } else if (described.isPresent()) {
                    described(part, format(described.get()), stored, result).ifPresent(sets::add);
                } else if (layers.containsKey(part.module())) {
                    described(part, format(layers, part.module()), stored, result)
                            .ifPresent(sets::add);
                }
            }
        }
        return new Grouping(sets, markers, List.of());
    }

    private static Map<String, Object> layers(StoredTensors stored) {
        return Optional.ofNullable(stored.metadata().get(METADATA))
                .flatMap(ModelConfiguration::parse)
                .flatMap(says -> ModelConfiguration.object(says, "layers"))
                .orElse(new HashMap<>());
    }

    private static String format(Map<String, Object> layers, String module) {
        return ModelConfiguration.object(layers, module)
                .flatMap(layer -> ModelConfiguration.text(layer, "format"))
                .orElse("");
    }

    private static String format(Part description) {
        long length = description.data().byteCount();
        if (length > LONGEST) {
            return "";
        }
        try {
            String text = StandardCharsets.UTF_8
                    .decode(description.data().window(0, (int) length))
                    .toString();
            return ModelConfiguration.parse(text)
                    .flatMap(says -> ModelConfiguration.text(says, "format"))
                    .orElse("");
        } catch (IOException unreadable) {
            return "";
        }
    }

    private static DType result(StoredTensors stored) {
        Set<DType> all = stored.dtypes();
        return all.contains(DType.F16) && !all.contains(DType.BF16) ? DType.F16 : DType.BF16;
    }

    private Optional<TensorSet> described(Part codes, String format, StoredTensors stored, DType result) {
        Optional<Part> scale = stored.sibling(codes, "weight_scale");
        List<Part> others = others(codes, stored);
        DType dtype = FORMATS.get(format);
        if (dtype != null && scale.isPresent()) {
            return Optional.of(scaled(codes, scale.get(), dtype, others, result));
        }
        List<Part> parts = new ArrayList<>(List.of(codes));
        scale.ifPresent(parts::add);
        stored.sibling(codes, "weight_scale_2").ifPresent(parts::add);
        parts.addAll(others);
        String reason = dtype != null
                ? "is described as " + format + ", and has no weight_scale"
                : format.isEmpty()
                        ? "has a description that tells no format"
                        : "is stored as " + Printable.of(format) + " of ComfyUI, which Graft does not read";
        return Optional.of(refused(codes, "codes of ComfyUI", parts, reason, result));
    }

    private TensorSet refused(Part codes, String scheme, List<Part> parts, String reason, DType result) {
        return TensorSet.refused(
                id(),
                scheme,
                codes.name(),
                result,
                codes.shape(),
                parts,
                new Refusal(reason, "give the checkpoint that it was made from"));
    }

    private TensorSet scaled(Part codes, Part scale, DType format, List<Part> others, DType result) {
        List<Part> parts = new ArrayList<>(List.of(codes, scale));
        parts.addAll(others);
        String scheme = "FP8 of ComfyUI, one scale";
        boolean isBytes = codes.dtype() == DType.U8;
        if (scale.shape().elementCount() != 1 || !scale.dtype().isFloatingPoint()) {
            return refused(
                    codes,
                    scheme,
                    parts,
                    "needs one scale, and `" + scale.name() + "` is " + scale.dtype() + " " + scale.shape(),
                    result);
        }
        if (!isBytes && codes.dtype() != format) {
            return refused(codes, scheme, parts, "is described as " + format + ", and is " + codes.dtype(), result);
        }
        Expression leaf = TensorSet.leaf(codes.name(), codes);
        Expression numbers = isBytes ? lookup(stored(new ByteTable(format)), leaf) : leaf;
        Expression factor = cast(reshape(TensorSet.leaf(codes.name(), scale), Shape.SCALAR), result);
        return TensorSet.of(id(), scheme, codes.name(), parts, Scales.product(numbers, factor, result));
    }

    private static List<Part> others(Part codes, StoredTensors stored) {
        List<Part> others = Scales.ofActivations(codes, stored);
        stored.sibling(codes, DESCRIPTION).ifPresent(others::add);
        return others;
    }
}
