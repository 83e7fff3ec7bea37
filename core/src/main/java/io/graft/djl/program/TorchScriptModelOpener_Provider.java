package io.graft.djl.program;

import io.graft.ModelOpener;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.registry.ModelTargetProvider;
import io.graft.registry.PlugDescriptor;
import javax.annotation.processing.Generated;

/**
 * Offers {@code TorchScriptModelOpener} under the id {@code torchscript}.
 */
@Generated("io.graft.processor.PlugBindingProcessor")
public final class TorchScriptModelOpener_Provider implements ModelTargetProvider {
    private static final PlugDescriptor DESCRIPTOR = PlugDescriptor.of(
            "torchscript",
            "io.graft.djl.program.TorchScriptModelOpener",
            "A TorchScript archive: a program with its tensors. It is never changed; a run writes another one, model.pt, which torch.jit.load and DJL read.",
            PlugDescriptor.OptionDescriptor.of(
                    "torchscript", "checkpoint", "", true,
                    "the archive of torch.jit.save: a file or a URL, or an object with one of them and what has to hold"));

    public TorchScriptModelOpener_Provider() {
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
        return new TorchScriptModelOptions_Binder().bind(object).map(TorchScriptModelOpener::new);
    }
}
