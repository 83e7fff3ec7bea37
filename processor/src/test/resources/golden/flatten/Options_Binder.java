package com.acme;

import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Key;
import io.graft.config.reading.ObjectBinding;
import io.graft.config.reading.OptionsCheck;
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
        return List.of("path", "targets", "strict", "rank", "scale", "seed", "init");
    }

    @Override
    public Key<Options> declare(ObjectBinding object) {
        object
                .exclusive("path", "targets")
                .exclusive("path", "rank");
        var path = object
                .key("path", Decoders.string())
                .optional();
        var where = new Where_Binder().declare(object);
        var update = new Update_Binder().declare(object);
        var init = object
                .key("init", Decoders.nested(new Init_Binder()))
                .optional();
        return object.value(() -> new Options(
                path.get(),
                where.get(),
                update.get(),
                init.get()),
                List.of(
                        new OptionsCheck<>("seedIsSmall", Options::seedIsSmall)));
    }

    @Override
    public void write(Options options, ConfigWriter writer) {
        writer.putIfPresent("path", Encoders.text(), options.path());
        new Where_Binder().write(options.where(), writer);
        new Update_Binder().write(options.update(), writer);
        writer.putIfPresent("init", Encoders.nested(new Init_Binder()), options.init());
    }
}
