package com.acme;

import io.graft.config.Bound;
import io.graft.config.ConfigCursor;
import io.graft.config.ConfigWriter;
import io.graft.config.Constraints;
import io.graft.config.Decoders;
import io.graft.config.Encoders;
import io.graft.config.Key;
import io.graft.config.ObjectBinding;
import io.graft.config.OptionsBinder;
import io.graft.model.Selector;
import io.graft.model.SelectorDecoder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.annotation.processing.Generated;

/**
 * Reads {@link LoraOptions} from a configuration object, and writes it back.
 */
@Generated("io.graft.processor.ModifierBindingProcessor")
public final class LoraOptions_Binder implements OptionsBinder<LoraOptions> {
    public LoraOptions_Binder() {
    }

    @Override
    public List<String> keys() {
        return List.of("rank", "alpha", "target-modules", "init", "files", "warmup", "ranks", "limits", "rename");
    }

    @Override
    public Bound<LoraOptions> bind(ConfigCursor cursor) {
        ObjectBinding object = cursor.object();
        Key<Integer> rank = object
                .key("rank", Decoders.int32())
                .check(Constraints.range(1, 4096))
                .orDefault("8");
        Key<Double> alpha = object
                .key("alpha", Decoders.float64())
                .check(Constraints.range(0, Double.POSITIVE_INFINITY, true, false))
                .orDefault("16");
        Key<List<Selector>> targetModules = object
                .key("target-modules", Decoders.list(Decoders.scalar(new SelectorDecoder())))
                .check(Constraints.notEmpty())
                .required();
        Key<LoraOptions.Init> init = object
                .key("init", Decoders.enumeration(LoraOptions.Init.class))
                .orDefault("zeros");
        Key<List<Path>> files = object
                .key("files", Decoders.list(Decoders.path()))
                .orEmpty();
        Key<Optional<Duration>> warmup = object
                .key("warmup", Decoders.duration())
                .optional();
        Key<Map<String, Integer>> ranks = object
                .key("ranks", Decoders.map(Decoders.int32()))
                .orEmpty();
        Key<Map<LoraOptions.Init, Long>> limits = object
                .key("limits", Decoders.map(LoraOptions.Init.class, Decoders.int64()))
                .orEmpty();
        Key<List<LoraOptions.Rename>> rename = object
                .key("rename", Decoders.list(Decoders.nested(new LoraOptions_Rename_Binder())))
                .orEmpty();
        return object.finish(() -> new LoraOptions(
                rank.get(),
                alpha.get(),
                targetModules.get(),
                init.get(),
                files.get(),
                warmup.get(),
                ranks.get(),
                limits.get(),
                rename.get()));
    }

    @Override
    public void write(LoraOptions options, ConfigWriter writer) {
        writer.put("rank", Encoders.number(), options.rank());
        writer.put("alpha", Encoders.number(), options.alpha());
        writer.put("target-modules", Encoders.list(Encoders.of(new SelectorDecoder())), options.targetModules());
        writer.put("init", Encoders.enumeration(), options.init());
        writer.put("files", Encoders.list(Encoders.text()), options.files());
        writer.putIfPresent("warmup", Encoders.duration(), options.warmup());
        writer.put("ranks", Encoders.map(Encoders.number()), options.ranks());
        writer.put("limits", Encoders.map(Encoders.number()), options.limits());
        writer.put("rename", Encoders.list(Encoders.nested(new LoraOptions_Rename_Binder())), options.rename());
    }

    /**
     * Reads {@link LoraOptions.Rename} from a configuration object, and writes it back.
     */
    private static final class LoraOptions_Rename_Binder implements OptionsBinder<LoraOptions.Rename> {
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
}
