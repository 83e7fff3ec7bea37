package com.acme;

import io.graft.config.Binder;
import io.graft.config.Bound;
import io.graft.config.ConfigCursor;
import io.graft.config.ConfigWriter;
import io.graft.config.Constraints;
import io.graft.config.Decoders;
import io.graft.config.Encoders;
import io.graft.config.Key;
import io.graft.config.ObjectBinding;
import io.graft.config.RecordWriter;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * Reads {@link LoraOptions.Rename} from a configuration object, and writes it back.
 */
@Generated("io.graft.processor.ModifierBindingProcessor")
public final class LoraOptions_Rename_Binder implements Binder<LoraOptions.Rename>, RecordWriter<LoraOptions.Rename> {
    public LoraOptions_Rename_Binder() {
    }

    @Override
    public List<String> keys() {
        return List.of("from", "to");
    }

    @Override
    public Bound<LoraOptions.Rename> bind(ConfigCursor cursor) {
        ObjectBinding object = cursor.object();
        Key<String> from = object
                .key("from", Decoders.string())
                .check(Constraints.notBlank())
                .required();
        Key<String> to = object
                .key("to", Decoders.string())
                .check(Constraints.size(1, 99))
                .required();
        return object.finish(() -> new LoraOptions.Rename(
                from.get(),
                to.get()));
    }

    @Override
    public void write(LoraOptions.Rename options, ConfigWriter writer) {
        writer.put("from", Encoders.text(), options.from());
        writer.put("to", Encoders.text(), options.to());
    }
}
