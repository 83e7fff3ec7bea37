package com.acme;

import io.graft.config.Binder;
import io.graft.config.Bound;
import io.graft.config.ConfigCursor;
import io.graft.config.ConfigWriter;
import io.graft.config.Encoders;
import io.graft.config.RecordWriter;
import javax.annotation.processing.Generated;

/**
 * Reads {@link Init} from a configuration object, and writes it back.
 */
@Generated("io.graft.processor.ModifierBindingProcessor")
public final class Init_Binder implements Binder<Init>, RecordWriter<Init> {
    public Init_Binder() {
    }

    @Override
    public Bound<Init> bind(ConfigCursor cursor) {
        return cursor.<Init>choice("type")
                .option("zeros", new Init_Zeros_Binder())
                .option("kaiming-uniform", new Init_KaimingUniform_Binder())
                .finish();
    }

    @Override
    public void write(Init options, ConfigWriter writer) {
        if (options instanceof Init.Zeros kind) {
            writer.put("type", Encoders.text(), "zeros");
            new Init_Zeros_Binder().write(kind, writer);
        }
        if (options instanceof Init.KaimingUniform kind) {
            writer.put("type", Encoders.text(), "kaiming-uniform");
            new Init_KaimingUniform_Binder().write(kind, writer);
        }
    }
}
