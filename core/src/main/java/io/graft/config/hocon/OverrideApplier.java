package io.graft.config.hocon;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.problem.SourceRef;
import io.graft.problem.Spelling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lays values from outside over a tree. HOCON itself would replace a list of which one element is set, so this goes down
 * element by element, and refuses what would lose a list of objects.
 */
public final class OverrideApplier {
    private final List<Problem> problems;

    public OverrideApplier(List<Problem> problems) {
        this.problems = problems;
    }

    /**
     * Lays those values over an unresolved tree whose way leads through objects only, so that substitutions see them. The
     * others wait for the lists to be known; all of them are to be applied again then.
     */
    public ConfigObject beforeResolving(ConfigObject root, List<ConfigOverride> overrides) {
        ConfigObject result = root;
        for (ConfigOverride override : overrides) {
            if (isPlain(result, override.path().steps())) {
                result = (ConfigObject) set(result, override, 0, "");
            }
        }
        return result;
    }

    /** Lays the values over a resolved tree. */
    public ConfigObject apply(ConfigObject root, List<ConfigOverride> overrides) {
        ConfigObject result = root;
        for (ConfigOverride override : overrides) {
            result = (ConfigObject) set(result, override, 0, "");
        }
        return result;
    }

    private static boolean isPlain(ConfigObject root, List<String> steps) {
        try {
            ConfigValue node = root;
            for (String step : steps) {
                if (node instanceof ConfigObject object) {
                    node = object.get(spelled(object, step));
                }
                if (KeyPath.isPosition(step) || (node != null && node.valueType() == ConfigValueType.LIST)) {
                    return false;
                }
            }
            return true;
        } catch (ConfigException.NotResolved e) {
            return false;
        }
    }

    private ConfigValue set(@Nullable ConfigValue node, ConfigOverride override, int depth, String path) {
        List<String> steps = override.path().steps();
        if (depth == steps.size()) {
            if (node instanceof ConfigList list && holdsObjects(list)) {
                problems.add(listReplaced(override, list, path));
                return node;
            }
            return override.value();
        }
        String step = steps.get(depth);
        if (node instanceof ConfigList list) {
            return setElement(list, override, depth, path);
        }
        if (node == null && step.equals("0")) {
            ConfigValue first = set(null, override, depth + 1, path + "[0]");
            return ConfigValueFactory.fromIterable(
                    List.of(first), override.value().origin().description());
        }
        ConfigObject object = node instanceof ConfigObject given
                ? given
                : ConfigValueFactory.fromMap(Map.of(), override.value().origin().description());
        String key = spelled(object, step);
        String below = path.isEmpty() ? key : path + "." + KeyPath.quoteIfNeeded(key);
        return object.withValue(key, set(object.get(key), override, depth + 1, below));
    }

    private ConfigValue setElement(ConfigList list, ConfigOverride override, int depth, String path) {
        String step = override.path().steps().get(depth);
        if (!KeyPath.isPosition(step)) {
            problems.add(listReplaced(override, list, path));
            return list;
        }
        int index = Integer.parseInt(step);
        if (index > list.size()) {
            problems.add(noSuchElement(override, list, path, index));
            return list;
        }
        List<ConfigValue> elements = new ArrayList<>(list);
        ConfigValue former = index < list.size() ? list.get(index) : null;
        ConfigValue element = set(former, override, depth + 1, path + "[" + index + "]");
        if (index < list.size()) {
            elements.set(index, element);
        } else {
            elements.add(element);
        }
        return ConfigValueFactory.fromIterable(elements).withOrigin(list.origin());
    }

    /** The key as the object spells it, so that an override never gives a second spelling. */
    private static String spelled(ConfigObject object, String step) {
        return Stream.of(step, Spelling.snake(step), Spelling.kebab(step))
                .filter(object::containsKey)
                .findFirst()
                .orElse(step);
    }

    private static boolean holdsObjects(ConfigList list) {
        return list.stream().anyMatch(ConfigObject.class::isInstance);
    }

    private static Problem listReplaced(ConfigOverride override, ConfigList list, String path) {
        ConfigOrigin origin = override.value().origin();
        return problem(
                ProblemCode.LIST_REPLACED,
                origin,
                path,
                "this would replace the list `" + path + "` of " + count(list) + in(list),
                "set one element's key, as in `" + path + "[0].type`, or let the file read a variable");
    }

    private static Problem noSuchElement(ConfigOverride override, ConfigList list, String path, int index) {
        return problem(
                ProblemCode.UNKNOWN_KEY,
                override.value().origin(),
                path + "[" + index + "]",
                "the list `" + path + "` has " + count(list) + in(list) + ", so there is no element " + index,
                "positions count from 0; `" + path + "[" + list.size() + "]` would be a new element");
    }

    private static Problem problem(ProblemCode code, ConfigOrigin origin, String path, String message, String help) {
        SourceRef place = SourceRef.of(ValueOrigin.name(origin));
        return new Problem(code, Severity.ERROR, path, Optional.of(place), message, List.of(), help);
    }

    private static String count(ConfigList list) {
        return list.size() + (list.size() == 1 ? " element" : " elements");
    }

    private static String in(ConfigList list) {
        String file = list.origin().filename();
        return file == null ? "" : " in " + file;
    }
}
