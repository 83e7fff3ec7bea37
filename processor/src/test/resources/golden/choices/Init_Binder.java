package com.acme;

import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Key;
import io.graft.config.reading.ObjectBinding;
import io.graft.config.reading.OptionsBinder;
import io.graft.config.reading.RecordBinder;
import io.graft.config.writing.ConfigWriter;
import io.graft.config.writing.Encoders;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * Reads {@link Init} from a configuration object, and writes it back.
 */
@Generated("io.graft.processor.PlugBindingProcessor")
public final class Init_Binder implements OptionsBinder<Init> {
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

    /**
     * Reads {@link Init.KaimingUniform} from a configuration object, and writes it back.
     */
    private static final class Init_KaimingUniform_Binder implements RecordBinder<Init.KaimingUniform> {
        @Override
        public List<String> keys() {
            return List.of("std");
        }

        @Override
        public Key<Init.KaimingUniform> declare(ObjectBinding object) {
            var std = object
                    .key("std", Decoders.float64())
                    .check(Constraints.range(0, Double.POSITIVE_INFINITY))
                    .required();
            return object.value(() -> new Init.KaimingUniform(
                    std.get()));
        }

        @Override
        public void write(Init.KaimingUniform options, ConfigWriter writer) {
            writer.put("std", Encoders.number(), options.std());
        }
    }

    /**
     * Reads {@link Init.Zeros} from a configuration object, and writes it back.
     */
    private static final class Init_Zeros_Binder implements RecordBinder<Init.Zeros> {
        @Override
        public List<String> keys() {
            return List.of();
        }

        @Override
        public Key<Init.Zeros> declare(ObjectBinding object) {
            return object.value(() -> new Init.Zeros());
        }

        @Override
        public void write(Init.Zeros options, ConfigWriter writer) {
        }
    }
}
