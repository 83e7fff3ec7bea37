package io.graft.apply;

import io.graft.checkpoint.safetensors.SafetensorsStateDict;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.config.Bound;
import io.graft.config.ConfigCursor;
import io.graft.convert.OutputFormats;
import io.graft.registry.ApiLevel;
import io.graft.registry.OutputFormatProvider;
import io.graft.registry.PlugDescriptor;

/**
 * Offers {@link SafetensorsStateDict} under the id {@code safetensors}. Written by hand: the format lies below the annotation that it would need.
 */
public final class SafetensorsOutputProvider implements OutputFormatProvider {
    private static final StateDictFormat FORMAT =
            OutputFormats.BUILT_IN.find("safetensors").orElseThrow();

    private static final PlugDescriptor DESCRIPTOR = PlugDescriptor.of(
            "safetensors",
            SafetensorsStateDict.class.getName(),
            "safetensors files, in shards with an index where they would be too large.");

    /** As {@link java.util.ServiceLoader} makes it. */
    public SafetensorsOutputProvider() {}

    @Override
    public int apiLevel() {
        return ApiLevel.NEWEST;
    }

    @Override
    public PlugDescriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public Bound<StateDictFormat> bind(ConfigCursor object) {
        return object.object().finish(() -> FORMAT);
    }
}
