package io.graft.apply.checkpoint;

import io.graft.ModelOpener;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.registry.ModelTargetProvider;
import io.graft.registry.PlugDescriptor;
import javax.annotation.processing.Generated;

/**
 * Offers {@code CheckpointModelOpener} under the id {@code checkpoint}.
 */
@Generated("io.graft.processor.PlugBindingProcessor")
public final class CheckpointModelOpener_Provider implements ModelTargetProvider {
    private static final PlugDescriptor DESCRIPTOR = PlugDescriptor.of(
            "checkpoint",
            "io.graft.apply.checkpoint.CheckpointModelOpener",
            "A model that is a checkpoint and nothing else: tensors without a forward. It is never changed; a run writes another one.",
            PlugDescriptor.OptionDescriptor.of(
                    "checkpoint", "checkpoint", "", true,
                    "the checkpoint: a file, a folder or a URL, or an object with one of them and what has to hold"),
            PlugDescriptor.OptionDescriptor.of(
                    "buffers", "list of selector", "", false,
                    "tensors of it that are buffers, which are never trained, beside those that the file tells of"));

    public CheckpointModelOpener_Provider() {
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
        return new CheckpointModelOptions_Binder().bind(object).map(CheckpointModelOpener::new);
    }
}
