package io.graft.apply.output;

import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Key;
import io.graft.config.reading.ObjectBinding;
import io.graft.config.reading.RecordBinder;
import io.graft.config.writing.ConfigWriter;
import io.graft.config.writing.Encoders;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * Reads {@link GgufStateDictOptions} from a configuration object, and writes it back.
 */
@Generated("io.graft.processor.PlugBindingProcessor")
public final class GgufStateDictOptions_Binder implements RecordBinder<GgufStateDictOptions> {
    public GgufStateDictOptions_Binder() {
    }

    @Override
    public List<String> keys() {
        return List.of("architecture");
    }

    @Override
    public Key<GgufStateDictOptions> declare(ObjectBinding object) {
        var architecture = object
                .key("architecture", Decoders.string())
                .check(Constraints.matches("[a-z0-9][a-z0-9_-]*"))
                .orDefault("tensors");
        return object.value(() -> new GgufStateDictOptions(
                architecture.get()));
    }

    @Override
    public void write(GgufStateDictOptions options, ConfigWriter writer) {
        writer.put("architecture", Encoders.text(), options.architecture());
    }
}
