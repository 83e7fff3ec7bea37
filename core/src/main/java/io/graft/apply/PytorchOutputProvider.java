package io.graft.apply;

import io.graft.checkpoint.pytorch.PytorchStateDict;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.config.Bound;
import io.graft.config.ConfigCursor;
import io.graft.convert.OutputFormats;
import io.graft.registry.ApiLevel;
import io.graft.registry.OutputFormatProvider;
import io.graft.registry.PlugDescriptor;

/**
 * Offers {@link PytorchStateDict} under the id {@code pytorch}. Written by hand: the format lies below the annotation that it would need.
 */
public final class PytorchOutputProvider implements OutputFormatProvider {
    private static final StateDictFormat FORMAT =
            OutputFormats.BUILT_IN.find("pytorch").orElseThrow();

    private static final PlugDescriptor DESCRIPTOR = PlugDescriptor.of(
            "pytorch",
            PytorchStateDict.class.getName(),
            "One file as torch.save writes it, which torch.load reads with weights_only.");

    /** As {@link java.util.ServiceLoader} makes it. */
    public PytorchOutputProvider() {}

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
