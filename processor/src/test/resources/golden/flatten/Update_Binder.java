package com.acme;

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
 * Reads {@link Update} from a configuration object, and writes it back.
 */
@Generated("io.graft.processor.PlugBindingProcessor")
public final class Update_Binder implements RecordBinder<Update> {
    public Update_Binder() {
    }

    @Override
    public List<String> keys() {
        return List.of("rank", "scale", "seed");
    }

    @Override
    public Key<Update> declare(ObjectBinding object) {
        object
                .removed("gamma", "1.2", "it had no effect");
        var rank = object
                .key("rank", Decoders.int32())
                .check(Constraints.range(1, 64))
                .orDefault("8");
        var random = new Update_Random_Binder().declare(object);
        return object.value(() -> new Update(
                rank.get(),
                random.get()));
    }

    @Override
    public void write(Update options, ConfigWriter writer) {
        writer.put("rank", Encoders.number(), options.rank());
        new Update_Random_Binder().write(options.random(), writer);
    }

    /**
     * Reads {@link Update.Random} from a configuration object, and writes it back.
     */
    private static final class Update_Random_Binder implements RecordBinder<Update.Random> {
        @Override
        public List<String> keys() {
            return List.of("scale", "seed");
        }

        @Override
        public Key<Update.Random> declare(ObjectBinding object) {
            object
                    .requires("seed", "scale");
            var scale = object
                    .key("scale", Decoders.float64())
                    .renamedFrom("factor", "1.1", "")
                    .optional();
            var seed = object
                    .key("seed", Decoders.int64())
                    .optional();
            return object.value(() -> new Update.Random(
                    scale.get(),
                    seed.get()));
        }

        @Override
        public void write(Update.Random options, ConfigWriter writer) {
            writer.putIfPresent("scale", Encoders.number(), options.scale());
            writer.putIfPresent("seed", Encoders.number(), options.seed());
        }
    }
}
