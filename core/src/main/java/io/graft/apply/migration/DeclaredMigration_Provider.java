package io.graft.apply.migration;

import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.migration.CheckpointMigration;
import io.graft.registry.MigrationProvider;
import io.graft.registry.PlugDescriptor;
import javax.annotation.processing.Generated;

/**
 * Offers {@code DeclaredMigration} under the id {@code rules}.
 */
@Generated("io.graft.processor.PlugBindingProcessor")
public final class DeclaredMigration_Provider implements MigrationProvider {
    private static final PlugDescriptor DESCRIPTOR = PlugDescriptor.of(
            "rules",
            "io.graft.apply.migration.DeclaredMigration",
            "A migration that is rules: other names and another structure for tensors, other keys for metadata.",
            PlugDescriptor.OptionDescriptor.of(
                    "rules", "list of rule", "", false,
                    "what gives tensors other names, { from = encoder, to = enc }, or another structure, { type = split, from = qkv, to = [q, k, v] }; or the name of a table, gemma-3. A rule that fits nothing does nothing"),
            PlugDescriptor.OptionDescriptor.of(
                    "metadata", "list of object", "", false,
                    "other keys for the metadata of the checkpoint"),
            PlugDescriptor.OptionDescriptor.of(
                    "metadata.from", "string", "", true,
                    "a key, or the first segments of keys, of which the rest is kept; * stands for one segment or a part of one", "not blank"),
            PlugDescriptor.OptionDescriptor.of(
                    "metadata.to", "string", "", true,
                    "the new key; $1 is what the first * of from stands for", "not blank"),
            PlugDescriptor.OptionDescriptor.of(
                    "needs", "list of string", "", false,
                    "keys of the metadata, or of config.json, that the checkpoint must have; if one is missing, it stays as it is, with a warning"),
            PlugDescriptor.OptionDescriptor.of(
                    "unless", "list of selector", "", false,
                    "tensors, or modules with tensors, that only a checkpoint of the newer form has; one that has any of them stays as it is"));

    public DeclaredMigration_Provider() {
    }

    @Override
    public int apiLevel() {
        return 1;
    }

    @Override
    public PlugDescriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public Bound<CheckpointMigration> bind(ConfigCursor object) {
        return new DeclaredMigrationOptions_Binder().bind(object).map(DeclaredMigration::new);
    }
}
