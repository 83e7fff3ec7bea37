package io.graft.apply.output;

import io.graft.checkpoint.write.StateDictFormat;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.registry.OutputFormatProvider;
import io.graft.registry.PlugDescriptor;
import javax.annotation.processing.Generated;

/**
 * Offers {@code SafetensorsStateDict} under the id {@code safetensors}.
 */
@Generated("io.graft.processor.PlugBindingProcessor")
public final class SafetensorsStateDict_Provider implements OutputFormatProvider {
    private static final PlugDescriptor DESCRIPTOR = PlugDescriptor.of(
            "safetensors",
            "io.graft.apply.output.SafetensorsStateDict",
            "safetensors files, in shards with an index where they would be too large.");

    public SafetensorsStateDict_Provider() {
    }

    @Override
    public int apiLevel() {
        return 1;
    }

    @Override
    public PlugDescriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public Bound<StateDictFormat> bind(ConfigCursor object) {
        return object.object().finish(SafetensorsStateDict::new);
    }
}
