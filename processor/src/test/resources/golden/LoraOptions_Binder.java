package com.acme;

import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Key;
import io.graft.config.reading.ObjectBinding;
import io.graft.config.reading.RecordBinder;
import io.graft.config.writing.ConfigWriter;
import io.graft.config.writing.Encoders;
import io.graft.model.tree.SelectorDecoder;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * Reads {@link LoraOptions} from a configuration object, and writes it back.
 */
@Generated("io.graft.processor.PlugBindingProcessor")
public final class LoraOptions_Binder implements RecordBinder<LoraOptions> {
    public LoraOptions_Binder() {
    }

    @Override
    public List<String> keys() {
        return List.of("rank", "alpha", "target-modules", "init", "files", "warmup", "ranks", "limits", "rename");
    }

    @Override
    public Key<LoraOptions> declare(ObjectBinding object) {
        var rank = object
                .key("rank", Decoders.int32())
                .check(Constraints.range(1, 4096))
                .orDefault("8");
        var alpha = object
                .key("alpha", Decoders.float64())
                .check(Constraints.range(0, Double.POSITIVE_INFINITY, true, false))
                .orDefault("16");
        var targetModules = object
                .key("target-modules", Decoders.scalar(new SelectorDecoder()).inList())
                .check(Constraints.notEmpty())
                .required();
        var init = object
                .key("init", Decoders.enumeration(LoraOptions.Init.class))
                .orDefault("zeros");
        var files = object
                .key("files", Decoders.path().inList())
                .orEmpty();
        var warmup = object
                .key("warmup", Decoders.duration())
                .optional();
        var ranks = object
                .key("ranks", Decoders.int32().inMap())
                .orEmpty();
        var limits = object
                .key("limits", Decoders.int64().inMap(LoraOptions.Init.class))
                .orEmpty();
        var rename = object
                .key("rename", Decoders.nested(new LoraOptions_Rename_Binder()).inList())
                .orEmpty();
        return object.value(() -> new LoraOptions(
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
        writer.put("target-modules", new SelectorDecoder().encoder().forElements(), options.targetModules());
        writer.put("init", Encoders.enumeration(), options.init());
        writer.put("files", Encoders.text().forElements(), options.files());
        writer.putIfPresent("warmup", Encoders.duration(), options.warmup());
        writer.put("ranks", Encoders.number().forEntries(), options.ranks());
        writer.put("limits", Encoders.number().forEntries(), options.limits());
        writer.put("rename", Encoders.nested(new LoraOptions_Rename_Binder()).forElements(), options.rename());
    }

    /**
     * Reads {@link LoraOptions.Rename} from a configuration object, and writes it back.
     */
    private static final class LoraOptions_Rename_Binder implements RecordBinder<LoraOptions.Rename> {
        @Override
        public List<String> keys() {
            return List.of("from", "to");
        }

        @Override
        public Key<LoraOptions.Rename> declare(ObjectBinding object) {
            var from = object
                    .key("from", Decoders.string())
                    .check(Constraints.notBlank())
                    .required();
            var to = object
                    .key("to", Decoders.string())
                    .check(Constraints.size(1, 99))
                    .required();
            return object.value(() -> new LoraOptions.Rename(
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
