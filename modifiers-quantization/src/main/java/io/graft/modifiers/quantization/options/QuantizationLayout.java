package io.graft.modifiers.quantization.options;

import java.util.Locale;

/** How quantized weights lie in a file. */
public enum QuantizationLayout {
    /** The keys of bitsandbytes. */
    BITSANDBYTES;

    /** As options spell it. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
