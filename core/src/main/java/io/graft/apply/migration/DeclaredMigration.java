package io.graft.apply.migration;

import io.graft.migration.CheckpointMigration;
import io.graft.migration.CheckpointState;
import io.graft.migration.Migration;
import io.graft.model.rules.Rule;
import io.graft.model.rules.Rules;
import io.graft.model.tree.ModuleTree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A migration that is rules: other names and another structure for tensors, other keys for metadata. */
@Migration("rules")
public final class DeclaredMigration implements CheckpointMigration {
    private final DeclaredMigrationOptions options;

    public DeclaredMigration(DeclaredMigrationOptions options) {
        this.options = options;
    }

    @Override
    public CheckpointState migrate(CheckpointState before) {
        ModuleTree tree = ModuleTree.ofNames(before.tensors().keySet());
        if (options.unless().stream()
                .anyMatch(selector -> !selector.select(tree).tensors().isEmpty())) {
            return before;
        }
        options.needs().forEach(before::require);
        return metadata(before.with(new Rules(options.rules())));
    }

    private CheckpointState metadata(CheckpointState before) {
        List<Function<String, Optional<String>>> namings = options.metadata().stream()
                .map(rename -> new Rule.Rename(rename.from(), rename.to()).naming())
                .toList();
        Map<String, String> renamed = new LinkedHashMap<>();
        before.metadata()
                .keySet()
                .forEach(key -> namings.stream()
                        .flatMap(naming -> naming.apply(key).stream())
                        .findFirst()
                        .ifPresent(name -> renamed.put(key, name)));
        CheckpointState state = before;
        for (String key : renamed.keySet()) {
            state = state.withoutMetadata(key);
        }
        for (Map.Entry<String, String> each : renamed.entrySet()) {
            state = state.withMetadata(each.getValue(), before.metadata().get(each.getKey()));
        }
        return state;
    }
}
