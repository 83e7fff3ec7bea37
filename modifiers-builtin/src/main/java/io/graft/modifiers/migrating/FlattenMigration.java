package io.graft.modifiers.migrating;

import io.graft.migration.CheckpointMigration;
import io.graft.migration.CheckpointState;
import io.graft.migration.Migration;
import io.graft.migration.MigrationException;
import io.graft.problem.ProblemCode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes one numbered list of modules out of lists in a list: block 1 of chunk 2, with 4 blocks a chunk, becomes number 9. What is one list
 * already stays as it is.
 */
@Migration("flatten")
public final class FlattenMigration implements CheckpointMigration {
    private final FlattenOptions options;

    public FlattenMigration(FlattenOptions options) {
        this.options = options;
    }

    @Override
    public CheckpointState migrate(CheckpointState before) {
        Pattern nested = options.pattern();
        if (before.tensors().keySet().stream()
                .noneMatch(name -> nested.matcher(name).matches())) {
            return before;
        }
        int size = options.size().orElseGet(() -> quotient(before));
        Map<String, String> renamed = new LinkedHashMap<>();
        for (String name : before.tensors().keySet()) {
            Matcher matcher = nested.matcher(name);
            if (matcher.matches()) {
                long number = Long.parseLong(matcher.group(1)) * size + Long.parseLong(matcher.group(2));
                renamed.put(name, options.to().replace("#", String.valueOf(number)) + matcher.group(3));
            }
        }
        return before.renamed(renamed);
    }

    private int quotient(CheckpointState before) {
        String whole = options.layers().orElseThrow();
        String parts = options.groups().orElseThrow();
        int layers = before.requireInt(whole);
        int groups = before.requireInt(parts);
        if (groups < 1 || layers % groups != 0) {
            throw new MigrationException(
                    ProblemCode.INCOMPATIBLE_CHECKPOINT,
                    "`" + whole + "` is " + layers + ", which `" + parts + "` = " + groups + " does not divide",
                    "correct them in the checkpoint, or give the step `size`");
        }
        return layers / groups;
    }
}
