package com.acme;

import io.graft.config.Binder;
import io.graft.config.Bound;
import io.graft.config.ConfigCursor;
import io.graft.config.Decoders;
import io.graft.config.Key;
import io.graft.config.ObjectBinding;
import javax.annotation.processing.Generated;

/**
 * Reads {@link Options} from a configuration object.
 */
@Generated("io.graft.processor.ModifierBindingProcessor")
public final class Options_Binder implements Binder<Options> {
    public Options_Binder() {
    }

    @Override
    public Bound<Options> bind(ConfigCursor cursor_) {
        ObjectBinding object_ = cursor_.object();
        Key<String> cursor = object_
                .key("cursor", Decoders.string())
                .required();
        Key<String> object = object_
                .key("object", Decoders.string())
                .required();
        return object_.finish(() -> new Options(
                cursor.get(),
                object.get()));
    }
}
