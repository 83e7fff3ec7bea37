package io.graft.apply.checkpoint;

import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Key;
import io.graft.config.reading.ObjectBinding;
import io.graft.config.reading.RecordBinder;
import io.graft.config.writing.ConfigWriter;
import io.graft.model.ref.CheckpointRefDecoder;
import io.graft.model.tree.SelectorDecoder;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * Reads {@link CheckpointModelOptions} from a configuration object, and writes it back.
 */
@Generated("io.graft.processor.PlugBindingProcessor")
public final class CheckpointModelOptions_Binder implements RecordBinder<CheckpointModelOptions> {
    public CheckpointModelOptions_Binder() {
    }

    @Override
    public List<String> keys() {
        return List.of("checkpoint", "buffers");
    }

    @Override
    public Key<CheckpointModelOptions> declare(ObjectBinding object) {
        var checkpoint = object
                .key("checkpoint", new CheckpointRefDecoder())
                .required();
        var buffers = object
                .key("buffers", Decoders.scalar(new SelectorDecoder()).inList())
                .orEmpty();
        return object.value(() -> new CheckpointModelOptions(
                checkpoint.get(),
                buffers.get()));
    }

    @Override
    public void write(CheckpointModelOptions options, ConfigWriter writer) {
        writer.put("checkpoint", new CheckpointRefDecoder().encoder(), options.checkpoint());
        writer.put("buffers", new SelectorDecoder().encoder().forElements(), options.buffers());
    }
}
