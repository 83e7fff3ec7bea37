package io.graft.djl.program;

import io.graft.config.reading.Key;
import io.graft.config.reading.ObjectBinding;
import io.graft.config.reading.RecordBinder;
import io.graft.config.writing.ConfigWriter;
import io.graft.model.ref.CheckpointRefDecoder;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * Reads {@link TorchScriptModelOptions} from a configuration object, and writes it back.
 */
@Generated("io.graft.processor.PlugBindingProcessor")
public final class TorchScriptModelOptions_Binder implements RecordBinder<TorchScriptModelOptions> {
    public TorchScriptModelOptions_Binder() {
    }

    @Override
    public List<String> keys() {
        return List.of("torchscript");
    }

    @Override
    public Key<TorchScriptModelOptions> declare(ObjectBinding object) {
        var torchscript = object
                .key("torchscript", new CheckpointRefDecoder())
                .required();
        return object.value(() -> new TorchScriptModelOptions(
                torchscript.get()));
    }

    @Override
    public void write(TorchScriptModelOptions options, ConfigWriter writer) {
        writer.put("torchscript", new CheckpointRefDecoder().encoder(), options.torchscript());
    }
}
