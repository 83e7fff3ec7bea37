package io.graft.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One value from outside, and where it goes. */
record ConfigOverride(KeyPath path, ConfigValue value) {
    private static final String PREFIX = "graft.";
    private static final Set<String> NOT_CONFIGURATION = Set.of("graft.home");

    /** All values from outside, in the order in which they are applied; what cannot be read is a problem. */
    static List<ConfigOverride> parse(ConfigOverrides overrides, List<Problem> problems) {
        List<ConfigOverride> parsed = new ArrayList<>();
        overrides.systemProperties().entrySet().stream()
                .filter(property -> property.getKey().startsWith(PREFIX))
                .filter(property -> !NOT_CONFIGURATION.contains(property.getKey()))
                // the shorter first, so that [2] comes before [10]
                .sorted(Comparator.<Map.Entry<String, String>>comparingInt(
                                property -> property.getKey().length())
                        .thenComparing(Map.Entry.comparingByKey()))
                .forEach(property -> add(
                        property.getKey(),
                        property.getValue(),
                        ValueOrigin.SYSTEM_PROPERTY + property.getKey(),
                        parsed,
                        problems));
        for (String assignment : overrides.set()) {
            int equals = assignment.indexOf('=');
            if (equals < 0) {
                problems.add(syntax(
                        ValueOrigin.SET,
                        Quoting.quote(assignment) + " has no `=`",
                        "write " + Quoting.quote(assignment + "=value")));
                continue;
            }
            String key = assignment.substring(0, equals).strip();
            add(key, assignment.substring(equals + 1).strip(), ValueOrigin.SET, parsed, problems);
        }
        return parsed;
    }

    private static void add(
            String key, String text, String origin, List<ConfigOverride> parsed, List<Problem> problems) {
        try {
            parsed.add(new ConfigOverride(KeyPath.parse(key), value(text, origin)));
        } catch (IllegalArgumentException e) {
            problems.add(syntax(origin, e.getMessage(), "write it as in `graft.modifiers[0].rank`"));
        } catch (ConfigException e) {
            String shown = Secrets.isNamedSecret(key) ? "the value of " + Quoting.quote(key) : Quoting.quote(text);
            problems.add(syntax(origin, shown + " is not HOCON", "close what is open, or quote the whole value"));
        }
    }

    private static ConfigValue value(String text, String origin) {
        boolean hocon = !text.isEmpty() && "[{\"".indexOf(text.charAt(0)) >= 0;
        return hocon ? Literals.parse(text, origin) : ConfigValueFactory.fromAnyRef(text, origin);
    }

    private static Problem syntax(String origin, String message, String help) {
        return ConfigProblems.at(ProblemCode.SYNTAX, SourceRef.of(origin), message, help);
    }
}
