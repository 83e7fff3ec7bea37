package com.acme;

import io.graft.config.decoding.Constraints;
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
        return List.of("rank", "kind", "targets", "seed", "state", "dropout", "init", "phrase");
    }

    @Override
    public Key<Options> declare(ObjectBinding object) {
        object
                .removed("beta", "1.1", "the scale is `alpha`")
                .removed("gamma", "1.2", "it had no effect")
                .includes("generator.json")
                .exclusive("seed", "state")
                .requires("dropout", "seed");
        var rank = object
                .key("rank", Decoders.int32())
                .alias("r", "lora-r")
                .renamedFrom("old-rank", "1.2", "2.0")
                .orDefault("8");
        var type = object
                .key("kind", Decoders.string())
                .check(Constraints.oneOf("plain", "scaled"))
                .orDefault("plain");
        var targets = object
                .key("targets", Decoders.string().inList())
                .check(Constraints.each(true, true))
                .orEmpty();
        var seed = object
                .key("seed", Decoders.int32())
                .optional();
        var state = object
                .key("state", Decoders.string())
                .optional();
        var dropout = object
                .key("dropout", Decoders.float64())
                .optional();
        var init = object
                .key("init", Decoders.nested(new Options_Init_Binder()))
                .optional();
        var phrase = object
                .key("phrase", Decoders.string())
                .secret()
                .check(Constraints.matches("[0-9]+"))
                .optional();
        return object.value(() -> new Options(
                rank.get(),
                type.get(),
                targets.get(),
                seed.get(),
                state.get(),
                dropout.get(),
                init.get(),
                phrase.get()),
                List.of(
                        new OptionsCheck<>("rankIsEven", Options::rankIsEven),
                        new OptionsCheck<>("rankIsSmall", Options::rankIsSmall)));
    }

    @Override
    public void write(Options options, ConfigWriter writer) {
        writer.put("rank", Encoders.number(), options.rank());
        writer.put("kind", Encoders.text(), options.type());
        writer.put("targets", Encoders.text().forElements(), options.targets());
        writer.putIfPresent("seed", Encoders.number(), options.seed());
        writer.putIfPresent("state", Encoders.text(), options.state());
        writer.putIfPresent("dropout", Encoders.number(), options.dropout());
        writer.putIfPresent("init", Encoders.nested(new Options_Init_Binder()), options.init());
        writer.putIfPresent("phrase", Encoders.text(), options.phrase());
    }

    /**
     * Reads {@link Options.Init} from a configuration object, and writes it back.
     */
    private static final class Options_Init_Binder implements RecordBinder<Options.Init> {
        @Override
        public List<String> keys() {
            return List.of("sigma");
        }

        @Override
        public Key<Options.Init> declare(ObjectBinding object) {
            var sigma = object
                    .key("sigma", Decoders.float64())
                    .required();
            return object.value(() -> new Options.Init(
                    sigma.get()));
        }

        @Override
        public void write(Options.Init options, ConfigWriter writer) {
            writer.put("sigma", Encoders.number(), options.sigma());
        }
    }
}
