package io.graft.apply;

import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Key;
import io.graft.config.reading.ObjectBinding;
import io.graft.config.reading.OptionsBinder;
import io.graft.config.writing.ConfigWriter;
import io.graft.config.writing.Encoders;
import java.util.List;

/** As the processor would generate it. */
final class KeepingOptions_Binder implements OptionsBinder<KeepingOptions> {
    @Override
    public Bound<KeepingOptions> bind(ConfigCursor cursor) {
        ObjectBinding object = cursor.object();
        Key<List<String>> tensors = object.key("tensors", Decoders.list(Decoders.string()))
                .check(Constraints.notEmpty())
                .required();
        Key<String> token = object.key("token", Decoders.string()).secret().orDefault("none");
        Key<Boolean> strict = object.key("strict", Decoders.bool()).orDefault("true");
        return object.finish(() -> new KeepingOptions(tensors.get(), token.get(), strict.get()));
    }

    @Override
    public void write(KeepingOptions options, ConfigWriter writer) {
        writer.put("tensors", Encoders.list(Encoders.text()), options.tensors())
                .put("token", Encoders.text(), options.token())
                .put("strict", Encoders.bool(), options.strict());
    }
}
