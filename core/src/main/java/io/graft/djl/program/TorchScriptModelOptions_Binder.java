package io.graft.djl.program;

import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.OptionsBinder;
import io.graft.config.writing.ConfigWriter;
import io.graft.model.ref.CheckpointRefDecoder;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * Reads {@link TorchScriptModelOptions} from a configuration object, and writes it back.
 */
@Generated("io.graft.processor.PlugBindingProcessor")
public final class TorchScriptModelOptions_Binder implements OptionsBinder<TorchScriptModelOptions> {
    public TorchScriptModelOptions_Binder() {
    }

    @Override
    public List<String> keys() {
        return List.of("torchscript");
    }

    @Override
    public Bound<TorchScriptModelOptions> bind(ConfigCursor cursor) {
        var object = cursor.object();
        var torchscript = object
                .key("torchscript", new CheckpointRefDecoder())
                .required();
        return object.finish(() -> new TorchScriptModelOptions(
                torchscript.get()));
    }

    @Override
    public void write(TorchScriptModelOptions options, ConfigWriter writer) {
        writer.put("torchscript", new CheckpointRefDecoder().encoder(), options.torchscript());
    }
}
