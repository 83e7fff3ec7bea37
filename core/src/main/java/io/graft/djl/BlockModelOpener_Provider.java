package io.graft.djl;

import io.graft.ModelOpener;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.registry.ModelTargetProvider;
import io.graft.registry.PlugDescriptor;
import javax.annotation.processing.Generated;

/**
 * Offers {@code BlockModelOpener} under the id {@code block-factory}.
 */
@Generated("io.graft.processor.PlugBindingProcessor")
public final class BlockModelOpener_Provider implements ModelTargetProvider {
    private static final PlugDescriptor DESCRIPTOR = PlugDescriptor.of(
            "block-factory",
            "io.graft.djl.BlockModelOpener",
            "A native DJL block that a class makes. It has values of its own, which repeat from run to run; a modifier loads others into it.",
            PlugDescriptor.OptionDescriptor.of(
                    "block-factory", "string", "", true,
                    "a class on the class path or among the extensions that implements ai.djl.nn.BlockFactory", "not blank"),
            PlugDescriptor.OptionDescriptor.of(
                    "arguments", "map from string to any value", "", false,
                    "what the factory is given"),
            PlugDescriptor.OptionDescriptor.of(
                    "input-shapes", "list of shape", "", false,
                    "one shape for each input, batch dimension included, which the block is initialized with: [[1, 3, 224, 224]]"));

    public BlockModelOpener_Provider() {
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
    public Bound<ModelOpener> bind(ConfigCursor object) {
        return new BlockModelOptions_Binder().bind(object).map(BlockModelOpener::new);
    }
}
