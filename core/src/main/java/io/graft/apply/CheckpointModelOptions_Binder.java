package io.graft.apply;

import io.graft.config.Bound;
import io.graft.config.ConfigCursor;
import io.graft.config.ConfigWriter;
import io.graft.config.Decoders;
import io.graft.config.Encoders;
import io.graft.config.OptionsBinder;
import io.graft.model.SelectorDecoder;
import io.graft.model.ref.CheckpointRefDecoder;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * Reads {@link CheckpointModelOptions} from a configuration object, and writes it back.
 */
@Generated("io.graft.processor.PlugBindingProcessor")
public final class CheckpointModelOptions_Binder implements OptionsBinder<CheckpointModelOptions> {
    public CheckpointModelOptions_Binder() {
    }

    @Override
    public List<String> keys() {
        return List.of("checkpoint", "buffers");
    }

    @Override
    public Bound<CheckpointModelOptions> bind(ConfigCursor cursor) {
        var object = cursor.object();
        var checkpoint = object
                .key("checkpoint", new CheckpointRefDecoder())
                .required();
        var buffers = object
                .key("buffers", Decoders.scalar(new SelectorDecoder()).inList())
                .orEmpty();
        return object.finish(() -> new CheckpointModelOptions(
                checkpoint.get(),
                buffers.get()));
    }

    @Override
    public void write(CheckpointModelOptions options, ConfigWriter writer) {
        writer.put("checkpoint", Encoders.of(new CheckpointRefDecoder()), options.checkpoint());
        writer.put("buffers", Encoders.of(new SelectorDecoder()).forElements(), options.buffers());
    }
}
