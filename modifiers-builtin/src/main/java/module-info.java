import io.graft.modifiers.casting.CastingModelModifier_Provider;
import io.graft.modifiers.freezing.FreezingModelModifier_Provider;
import io.graft.modifiers.initializing.InitializeModelModifier_Provider;
import io.graft.modifiers.migrating.FlattenMigration_Provider;
import io.graft.modifiers.migrating.InsertSegmentMigration_Provider;
import io.graft.modifiers.migrating.ReorderRowsMigration_Provider;
import io.graft.modifiers.renaming.RenamingModelModifier_Provider;
import io.graft.modifiers.replacing.ReplaceModuleModelModifier_Provider;
import io.graft.modifiers.transfer.TransferLearningModelModifier_Provider;
import io.graft.registry.MigrationProvider;
import io.graft.registry.ModifierProvider;

/** The modifiers that come with Graft, and their options for programs that make them without a file. */
module io.graft.modifiers.builtin {
    requires transitive io.graft.core;
    requires static org.jspecify;

    exports io.graft.modifiers.casting;
    exports io.graft.modifiers.freezing;
    exports io.graft.modifiers.initializing;
    exports io.graft.modifiers.migrating;
    exports io.graft.modifiers.renaming;
    exports io.graft.modifiers.replacing;
    exports io.graft.modifiers.transfer;

    provides MigrationProvider with
            FlattenMigration_Provider,
            InsertSegmentMigration_Provider,
            ReorderRowsMigration_Provider;
    provides ModifierProvider with
            CastingModelModifier_Provider,
            FreezingModelModifier_Provider,
            InitializeModelModifier_Provider,
            RenamingModelModifier_Provider,
            ReplaceModuleModelModifier_Provider,
            TransferLearningModelModifier_Provider;
}
