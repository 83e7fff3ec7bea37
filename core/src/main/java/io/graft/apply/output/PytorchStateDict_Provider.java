package io.graft.apply.output;

import io.graft.checkpoint.write.StateDictFormat;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.registry.OutputFormatProvider;
import io.graft.registry.PlugDescriptor;
import javax.annotation.processing.Generated;

/**
 * Offers {@code PytorchStateDict} under the id {@code pytorch}.
 */
@Generated("io.graft.processor.PlugBindingProcessor")
public final class PytorchStateDict_Provider implements OutputFormatProvider {
    private static final PlugDescriptor DESCRIPTOR = PlugDescriptor.of(
            "pytorch",
            "io.graft.apply.output.PytorchStateDict",
            "One file as torch.save writes it, which torch.load reads with weights_only.");

    public PytorchStateDict_Provider() {
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
        return object.object().finish(PytorchStateDict::new);
    }
}
