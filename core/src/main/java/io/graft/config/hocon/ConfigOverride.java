package io.graft.config.hocon;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Quoting;
import io.graft.problem.SourceRef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** One value from outside, and where it goes. */
public record ConfigOverride(KeyPath path, ConfigValue value) {
    private static final String PREFIX = "graft.";
    private static final Set<String> NOT_CONFIGURATION = Set.of("graft.home");

    /**
     * All values from outside, in the order in which they are applied; what cannot be read is a problem.
     *
     * @param systemProperties of which those under {@code graft.} are read
     * @param set assignments, {@code graft.modifiers[0].rank=4}
     */
    public static List<ConfigOverride> parse(
            Map<String, String> systemProperties, List<String> set, Secrets secrets, List<Problem> problems) {
        List<ConfigOverride> parsed = new ArrayList<>();
        systemProperties.entrySet().stream()
                .filter(property -> property.getKey().startsWith(PREFIX))
                .filter(property -> !NOT_CONFIGURATION.contains(property.getKey()))
                // the shorter first, so that [2] comes before [10]
                .sorted(Comparator.<Map.Entry<String, String>>comparingInt(
                                property -> property.getKey().length())
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(property -> new Assignment(
                        property.getKey() + "=" + property.getValue(),
                        ValueOrigin.SYSTEM_PROPERTY + property.getKey(),
                        secrets))
                .forEach(assignment -> assignment.parse(parsed, problems));
        set.stream()
                .map(text -> new Assignment(text, ValueOrigin.SET, secrets))
                .forEach(assignment -> assignment.parse(parsed, problems));
        return parsed;
    }

    /** {@code key=value}, and where it comes from. */
    private record Assignment(String text, String origin, Secrets secrets) {
        private static final Pattern SEPARATOR = Pattern.compile("[:\\s]");
        private static final Pattern STEPS = Pattern.compile("[.\\[\\]\"\\s]+");

        void parse(List<ConfigOverride> parsed, List<Problem> problems) {
            int equals = text.indexOf('=');
            if (equals < 0) {
                String shown = shown();
                String write = shown.equals(text) ? Quoting.quote(text + "=value") : "the value after a `=`";
                problems.add(syntax(Quoting.quote(shown) + " has no `=`", "write " + write));
                return;
            }
            String key = text.substring(0, equals).strip();
            try {
                parsed.add(new ConfigOverride(
                        KeyPath.parse(key), value(text.substring(equals + 1).strip(), origin)));
            } catch (IllegalArgumentException e) {
                String shownKey = shown().substring(0, equals).strip();
                problems.add(syntax(e.getMessage().replace(key, shownKey), "write it as in `graft.modifiers[0].rank`"));
            } catch (ConfigException e) {
                String shown = shown().substring(equals + 1).strip();
                String what = shown.equals(text.substring(equals + 1).strip())
                        ? Quoting.quote(shown)
                        : "the value of " + Quoting.quote(key);
                problems.add(syntax(what + " is not HOCON", "close what is open, or quote the whole value"));
            }
        }

        /** The same, as long as it is, without what is secret. */
        private String shown() {
            int equals = text.indexOf('=');
            String key = equals < 0 ? SEPARATOR.split(text, 2)[0] : text.substring(0, equals);
            boolean secret = STEPS.splitAsStream(key).anyMatch(secrets::isSecret);
            return secret ? key + "*".repeat(text.length() - key.length()) : new SourceText(text, secrets).shown();
        }

        private Problem syntax(String message, String help) {
            return ConfigProblems.at(ProblemCode.SYNTAX, SourceRef.of(origin), message, help);
        }
    }

    private static ConfigValue value(String text, String origin) {
        boolean hocon = !text.isEmpty() && "[{\"".indexOf(text.charAt(0)) >= 0;
        return hocon ? Literals.parse(text, origin) : ConfigValueFactory.fromAnyRef(text, origin);
    }
}
