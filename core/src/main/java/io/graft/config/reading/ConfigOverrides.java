package io.graft.config.reading;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What comes from outside a configuration file. A later one wins: the file, then system properties, then {@code set}.
 *
 * @param set as given to {@code --set}: {@code graft.modifiers[0].rank=4}. A value that begins with a bracket, a brace or a
 *     quote is HOCON; any other is plain text, which numbers and booleans are read from
 * @param systemProperties those under {@code graft.} are read, but {@code graft.home}, which is the launcher's
 * @param environment what <code>${?VAR}</code> in the file sees
 */
public record ConfigOverrides(List<String> set, Map<String, String> systemProperties, Map<String, String> environment) {
    private static final ConfigOverrides NONE = new ConfigOverrides(List.of(), Map.of(), Map.of());

    public ConfigOverrides {
        set = List.copyOf(set);
        systemProperties = Map.copyOf(systemProperties);
        environment = Map.copyOf(environment);
    }

    /** Nothing from outside. */
    public static ConfigOverrides none() {
        return NONE;
    }

    /** The system properties and the environment of this process, and what its command line sets. */
    public static ConfigOverrides ofProcess(List<String> set) {
        Map<String, String> properties = System.getProperties().stringPropertyNames().stream()
                .collect(Collectors.toMap(name -> name, name -> System.getProperty(name, "")));
        return new ConfigOverrides(set, properties, System.getenv());
    }
}
