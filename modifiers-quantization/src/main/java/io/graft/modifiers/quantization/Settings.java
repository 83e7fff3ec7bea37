package io.graft.modifiers.quantization;

import io.graft.layer.NamePatterns;
import io.graft.model.parametrization.Form;
import io.graft.modifiers.quantization.options.FloatType;
import io.graft.modifiers.quantization.options.QuantizationLayout;
import io.graft.modifiers.quantization.options.QuantizationScheme;
import io.graft.modifiers.quantization.options.WeightOverride;
import io.graft.modifiers.quantization.options.WeightSettings;
import io.graft.modifiers.quantization.stored.StoredLayout;
import io.graft.modifiers.quantization.stored.StoredLayouts;
import io.graft.tensor.DType;
import java.util.List;
import java.util.Optional;

/** What options say of single weights. */
final class Settings {
    private final QuantizationOptions options;

    Settings(QuantizationOptions options) {
        this.options = options;
    }

    /** Where no override says otherwise. */
    WeightSettings usual() {
        return new WeightSettings(
                options.scheme(),
                options.groupSize(),
                options.doubleQuantization(),
                options.symmetric().orElse(true),
                options.computeDtype().map(FloatType::dtype),
                kernel(options.scheme(), options.kernel()),
                options.maxError().orElse(Double.POSITIVE_INFINITY));
    }

    /** Where one says otherwise. With another scheme, what is usual for that holds, and not what was said of the first one. */
    WeightSettings with(WeightOverride override) {
        QuantizationScheme scheme = override.scheme().orElse(options.scheme());
        boolean isSame = scheme == options.scheme();
        return new WeightSettings(
                scheme,
                override.groupSize().or(() -> isSame ? options.groupSize() : Optional.empty()),
                override.doubleQuantization().orElse(isSame && options.doubleQuantization()),
                override.symmetric()
                        .or(() -> isSame ? options.symmetric() : Optional.empty())
                        .orElse(true),
                override.computeDtype()
                        .or(() -> isSame ? options.computeDtype() : Optional.empty())
                        .map(FloatType::dtype),
                kernel(scheme, override.kernel().or(() -> isSame ? options.kernel() : Optional.empty())),
                override.maxError().or(options::maxError).orElse(Double.POSITIVE_INFINITY));
    }

    private static Form.ScaledCodes.Kernel kernel(QuantizationScheme scheme, Optional<Form.ScaledCodes.Kernel> said) {
        return said.orElse(
                scheme == QuantizationScheme.INT8_DYNAMIC
                        ? Form.ScaledCodes.Kernel.DYNAMIC
                        : Form.ScaledCodes.Kernel.FASTEST);
    }

    /** The patterns of overrides. */
    NamePatterns<WeightOverride> overrides() {
        return NamePatterns.of("overrides", options.overrides(), "the options");
    }

    /** The layout that all weights are written in: a file has one. */
    StoredLayout layout() {
        return StoredLayouts.of(name());
    }

    private QuantizationLayout name() {
        return options.layout().orElseGet(() -> StoredLayouts.usual(options.scheme()));
    }

    /**
     * Holds settings to what the layout can hold.
     *
     * @throws IllegalArgumentException if it cannot; the message says why, as a sentence
     */
    void check(WeightSettings settings) {
        StoredLayout layout = layout();
        if (!layout.schemes().contains(settings.scheme())) {
            List<String> held = layout.schemes().stream()
                    .sorted()
                    .map(QuantizationScheme::id)
                    .toList();
            throw new IllegalArgumentException("the layout " + name().id() + " holds " + String.join(", ", held)
                    + ", and not " + settings.scheme().id());
        }
        layout.scheme(settings);
        layout.result(settings, DType.F32);
    }
}
