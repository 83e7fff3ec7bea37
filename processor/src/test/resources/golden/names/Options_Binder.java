package com.acme;

import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Key;
import io.graft.config.reading.ObjectBinding;
import io.graft.config.reading.RecordBinder;
import io.graft.config.writing.ConfigWriter;
import io.graft.config.writing.Encoders;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * Reads {@link Options} from a configuration object, and writes it back.
 */
@Generated("io.graft.processor.PlugBindingProcessor")
public final class Options_Binder implements RecordBinder<Options> {
    public Options_Binder() {
    }

    @Override
    public List<String> keys() {
        return List.of("cursor", "object");
    }

    @Override
    public Key<Options> declare(ObjectBinding object_) {
        var cursor = object_
                .key("cursor", Decoders.string())
                .required();
        var object = object_
                .key("object", Decoders.string())
                .required();
        return object_.value(() -> new Options(
                cursor.get(),
                object.get()));
    }

    @Override
    public void write(Options options, ConfigWriter writer) {
        writer.put("cursor", Encoders.text(), options.cursor());
        writer.put("object", Encoders.text(), options.object());
    }
}
