package io.graft.modifiers.transfer;

import io.graft.ModifierContext;
import io.graft.SourceCheckpoint;
import io.graft.migration.CheckpointState;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Holds a checkpoint's configuration against the model's: shapes that coincide do not tell that two models differ. */
record DriftCheck(ConfigDrift drift, ModifierContext context) {
    void check(SourceCheckpoint source) {
        CheckpointState told = CheckpointState.of(
                Map.of(), source.checkpoint().metadata(), source.checkpoint().configuration());
        Map<String, String> expected = new TreeMap<>();
        flatten("", drift.expected(), expected);
        List<String> differing = new ArrayList<>();
        expected.forEach((key, value) -> told.find(drift.at().isEmpty() ? key : drift.at() + "." + key)
                .filter(found -> !found.equals(value))
                .ifPresent(found -> differing.add(key + ": " + found + " in the checkpoint, " + value + " here")));
        if (differing.isEmpty() || drift.onDrift() == ConfigDrift.OnDrift.IGNORE) {
            return;
        }
        FirstFew leaves = new FirstFew();
        differing.forEach(leaf -> leaves.add(() -> leaf));
        String message = "`" + source.uri() + "` was made with another configuration: " + leaves;
        if (drift.onDrift() == ConfigDrift.OnDrift.ERROR) {
            context.error(
                    ProblemCode.INCOMPATIBLE_CHECKPOINT,
                    "config-drift",
                    message,
                    "correct `expected`, take another checkpoint, or let on-drift be warn");
        } else {
            context.warn(message);
        }
    }

    private static void flatten(String prefix, Map<?, ?> values, Map<String, String> leaves) {
        values.forEach((key, value) -> {
            if (value instanceof Map<?, ?> inner) {
                flatten(prefix + key + ".", inner, leaves);
            } else if (value != null) {
                leaves.put(prefix + key, String.valueOf(value));
            }
        });
    }
}
