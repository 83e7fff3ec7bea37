package io.graft.modifiers.quantization.layout;

import com.google.auto.service.AutoService;
import io.graft.checkpoint.layout.CheckpointLayout;
import io.graft.checkpoint.layout.Grouping;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.checkpoint.layout.Part;
import io.graft.checkpoint.layout.StoredTensors;
import io.graft.checkpoint.layout.TensorSet;
import io.graft.tensor.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Codes as ComfyUI stores them: {@code weight} beside {@code scale_weight}, with the marker {@code scaled_fp8}, which are 8-bit floats;
 * or beside {@code weight_scale} with a description in {@code comfy_quant} or in the metadata of the file, which tells the format.
 *
 * <p>The result is BF16, or F16 if that is what the file has beside the codes.
 */
@AutoService(CheckpointLayout.class)
// A compiler that does not find AutoService leaves its annotation out.
@SuppressWarnings("exports")
public final class ComfyLayout implements CheckpointLayout {
    /** The setting that tells the dtype of 8-bit floats with one scale, whatever the codes say that they are. */
    public static final String FORMAT = "format";

    private static final String MARKER = "scaled_fp8";
    private static final String DESCRIPTION = "comfy_quant";
    private static final String OLD_SCALE = "scale_weight";
    private static final List<String> SIGNS = List.of(MARKER, OLD_SCALE, DESCRIPTION);
    private static final String METADATA = "_quantization_metadata";

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
                set(part, stored, layers, result).ifPresent(sets::add);
            }
        }
        return new Grouping(sets, markers, List.of());
    }

    private Optional<TensorSet> set(Part codes, StoredTensors stored, Map<String, Object> layers, DType result) {
        Optional<Map<String, Object>> described = stored.sibling(codes, DESCRIPTION)
                .map(Peek::object)
                .or(() -> Optional.of(codes.module())
                        .filter(layers::containsKey)
                        .map(module -> ModelConfiguration.object(layers, module).orElse(Map.of())));
        boolean isOld = stored.sibling(codes, OLD_SCALE).isPresent();
        if (!isOld && described.isEmpty()) {
            return Optional.empty();
        }
        Weight weight = new Weight(stored, id(), "codes of ComfyUI", codes.name(), codes, result)
                .with(Scales.ofActivations(codes, stored));
        weight.find(DESCRIPTION);
        Optional<Long> rows =
                stored.sibling(codes, "bias").map(bias -> bias.shape().elementCount());
        ComfyFormats formats = new ComfyFormats(weight, result);
        return Optional.of(weight.set(
                self -> isOld ? formats.scaled(codes.dtype(), OLD_SCALE) : formats.described(described.get(), rows)));
    }

    private static Map<String, Object> layers(StoredTensors stored) {
        return Optional.ofNullable(stored.metadata().get(METADATA))
                .flatMap(ModelConfiguration::parse)
                .flatMap(says -> ModelConfiguration.object(says, "layers"))
                .orElse(Map.of());
    }

    private static DType result(StoredTensors stored) {
        Set<DType> all = stored.dtypes();
        return all.contains(DType.F16) && !all.contains(DType.BF16) ? DType.F16 : DType.BF16;
    }
}
