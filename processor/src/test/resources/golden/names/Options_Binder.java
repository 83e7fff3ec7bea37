package com.acme;

import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.OptionsBinder;
import io.graft.config.writing.ConfigWriter;
import io.graft.config.writing.Encoders;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * Reads {@link Options} from a configuration object, and writes it back.
 */
@Generated("io.graft.processor.PlugBindingProcessor")
public final class Options_Binder implements OptionsBinder<Options> {
    public Options_Binder() {
    }

    @Override
    public List<String> keys() {
        return List.of("cursor", "object");
    }

    @Override
    public Bound<Options> bind(ConfigCursor cursor_) {
        var object_ = cursor_.object();
        var cursor = object_
                .key("cursor", Decoders.string())
                .required();
        var object = object_
                .key("object", Decoders.string())
                .required();
        return object_.finish(() -> new Options(
                cursor.get(),
                object.get()));
    }

    @Override
    public void write(Options options, ConfigWriter writer) {
        writer.put("cursor", Encoders.text(), options.cursor());
        writer.put("object", Encoders.text(), options.object());
    }
}
