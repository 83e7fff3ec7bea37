package io.graft.apply.output;

import io.graft.checkpoint.write.StateDictFormat;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.registry.OutputFormatProvider;
import io.graft.registry.PlugDescriptor;
import javax.annotation.processing.Generated;

/**
 * Offers {@code GgufStateDict} under the id {@code gguf}.
 */
@Generated("io.graft.processor.PlugBindingProcessor")
public final class GgufStateDict_Provider implements OutputFormatProvider {
    private static final PlugDescriptor DESCRIPTOR = PlugDescriptor.of(
            "gguf",
            "io.graft.apply.output.GgufStateDict",
            "One GGUF file with the tensors under their names, quantized ones in blocks. It is no model that llama.cpp runs: names, the order of some rows, hyper-parameters and the tokenizer are another matter. Where the model is such a file, and its tensors keep names and shapes, everything that it says is written again.",
            PlugDescriptor.OptionDescriptor.of(
                    "architecture", "string", "tensors", false,
                    "what general.architecture of the file says. Readers go by it, so give the name of one only if names and values of the tensors are as its readers want them", "matches [a-z0-9][a-z0-9_-]*"));

    public GgufStateDict_Provider() {
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
        return new GgufStateDictOptions_Binder().bind(object).map(GgufStateDict::new);
    }
}
