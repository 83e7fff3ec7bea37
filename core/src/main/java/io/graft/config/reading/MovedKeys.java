package io.graft.config.reading;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.graft.config.hocon.KeyPath;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A configuration in the form of today, made of one with older keys.
 *
 * @param root in the form of today
 * @param problems a warning for each key that was moved, an error for each that is gone or given twice
 */
public record MovedKeys(ConfigCursor root, List<Problem> problems) {
    public MovedKeys {
        problems = List.copyOf(problems);
    }

    /** Moves keys, one after the other. Values keep the places where they are written. */
    public static MovedKeys of(ConfigCursor root, List<KeyMove> moves) {
        List<Problem> problems = new ArrayList<>();
        ConfigCursor moved = root;
        for (KeyMove move : moves) {
            moved = moved.with(inEach(moved, move.holders(), move, problems));
        }
        return new MovedKeys(moved, problems);
    }

    /** The value with its keys moved, in every object that the steps lead to. */
    private static ConfigValue inEach(ConfigCursor at, List<String> steps, KeyMove move, List<Problem> problems) {
        ConfigValue value = at.value();
        if (steps.isEmpty()) {
            return value instanceof ConfigObject object ? in(at, object, move, problems) : value;
        }
        List<String> rest = steps.subList(1, steps.size());
        if (value instanceof ConfigList list && steps.get(0).equals(KeyPath.EACH)) {
            List<ConfigValue> elements = new ArrayList<>();
            at.elements().forEach(element -> elements.add(inEach(element, rest, move, problems)));
            return elements.equals(list)
                    ? list
                    : ConfigValueFactory.fromIterable(elements).withOrigin(list.origin());
        }
        if (!(value instanceof ConfigObject object)) {
            return value;
        }
        ConfigObject moved = object;
        for (String key : steps.get(0).equals(KeyPath.EACH) ? at.keys() : List.of(steps.get(0))) {
            ConfigCursor child = at.at(ConfigUtil.quoteString(key));
            if (child.isPresent()) {
                moved = moved.withValue(child.key(), inEach(child, rest, move, problems));
            }
        }
        return moved;
    }

    private static ConfigObject in(ConfigCursor at, ConfigObject object, KeyMove move, List<Problem> problems) {
        ConfigCursor old = at.at(path(move.before()));
        if (!old.isPresent()) {
            return object;
        }
        Optional<String> now = move.now().map(MovedKeys::path);
        if (now.isEmpty()) {
            problems.add(old.keyError(
                    ProblemCode.REMOVED_KEY,
                    "`" + old.path() + "` is read no longer: " + move.removed().orElseThrow(),
                    "take it out"));
            return object;
        }
        ConfigCursor there = at.at(now.get());
        if (there.isPresent() && there.isOutside() == old.isOutside()) {
            problems.add(old.keyError(
                    ProblemCode.BOTH_KEY_AND_ALIAS,
                    "`" + old.path() + "` is called `" + there.path() + "`, which is given too",
                    "keep the second"));
            return object;
        }
        problems.add(old.keyError(
                        ProblemCode.DEPRECATED_KEY,
                        "`" + old.path() + "` is called `" + there.path() + "` now",
                        "write `" + there.path() + "`")
                .as(Severity.WARNING));
        String written = ConfigUtil.joinPath(keys(old, move.before().size()));
        // what is set wins over what the file says, under whichever of the two names
        ConfigValue kept = there.isOutside() ? there.value() : old.value();
        return object.toConfig().withoutPath(written).withValue(now.get(), kept).root();
    }

    /** The last keys that lead to a value, as they are written. */
    private static List<String> keys(ConfigCursor value, int count) {
        List<String> keys = new ArrayList<>();
        ConfigCursor at = value;
        for (int step = 0; step < count; step++) {
            keys.add(0, at.key());
            at = at.parent();
        }
        return keys;
    }

    private static String path(List<String> steps) {
        return ConfigUtil.joinPath(steps);
    }
}
