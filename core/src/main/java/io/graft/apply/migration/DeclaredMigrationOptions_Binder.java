package io.graft.apply.migration;

import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Key;
import io.graft.config.reading.ObjectBinding;
import io.graft.config.reading.RecordBinder;
import io.graft.config.writing.ConfigWriter;
import io.graft.config.writing.Encoders;
import io.graft.model.rules.RuleDecoder;
import io.graft.model.tree.SelectorDecoder;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * Reads {@link DeclaredMigrationOptions} from a configuration object, and writes it back.
 */
@Generated("io.graft.processor.PlugBindingProcessor")
public final class DeclaredMigrationOptions_Binder implements RecordBinder<DeclaredMigrationOptions> {
    public DeclaredMigrationOptions_Binder() {
    }

    @Override
    public List<String> keys() {
        return List.of("rules", "metadata", "needs", "unless");
    }

    @Override
    public Key<DeclaredMigrationOptions> declare(ObjectBinding object) {
        var rules = object
                .key("rules", new RuleDecoder().inList())
                .orEmpty();
        var metadata = object
                .key("metadata", Decoders.nested(new DeclaredMigrationOptions_KeyRename_Binder()).inList())
                .orEmpty();
        var needs = object
                .key("needs", Decoders.string().inList())
                .orEmpty();
        var unless = object
                .key("unless", Decoders.scalar(new SelectorDecoder()).inList())
                .orEmpty();
        return object.value(() -> new DeclaredMigrationOptions(
                rules.get(),
                metadata.get(),
                needs.get(),
                unless.get()));
    }

    @Override
    public void write(DeclaredMigrationOptions options, ConfigWriter writer) {
        writer.put("rules", new RuleDecoder().encoder().forElements(), options.rules());
        writer.put("metadata", Encoders.nested(new DeclaredMigrationOptions_KeyRename_Binder()).forElements(), options.metadata());
        writer.put("needs", Encoders.text().forElements(), options.needs());
        writer.put("unless", new SelectorDecoder().encoder().forElements(), options.unless());
    }

    /**
     * Reads {@link DeclaredMigrationOptions.KeyRename} from a configuration object, and writes it back.
     */
    private static final class DeclaredMigrationOptions_KeyRename_Binder implements RecordBinder<DeclaredMigrationOptions.KeyRename> {
        @Override
        public List<String> keys() {
            return List.of("from", "to");
        }

        @Override
        public Key<DeclaredMigrationOptions.KeyRename> declare(ObjectBinding object) {
            var from = object
                    .key("from", Decoders.string())
                    .check(Constraints.notBlank())
                    .required();
            var to = object
                    .key("to", Decoders.string())
                    .check(Constraints.notBlank())
                    .required();
            return object.value(() -> new DeclaredMigrationOptions.KeyRename(
                    from.get(),
                    to.get()));
        }

        @Override
        public void write(DeclaredMigrationOptions.KeyRename options, ConfigWriter writer) {
            writer.put("from", Encoders.text(), options.from());
            writer.put("to", Encoders.text(), options.to());
        }
    }
}
