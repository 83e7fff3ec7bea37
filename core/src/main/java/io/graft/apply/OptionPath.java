package io.graft.apply;

import io.graft.config.reading.ConfigCursor;
import io.graft.problem.SourceRef;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The option that a modifier speaks of, in its entry of the configuration.
 *
 * @param text the path as written in the file; in canonical spelling if the file does not give the option
 * @param source its place, or the place of what would hold it
 */
record OptionPath(String text, Optional<SourceRef> source) {
    private static final Pattern STEP = Pattern.compile("\\.?([^.\\[\\]]+)|\\[(\\d+)]");

    /**
     * @param option as {@code rename[1].from}; empty for the entry itself
     */
    static OptionPath of(ConfigCursor entry, String option) {
        if (option.isEmpty()) {
            return new OptionPath(entry.path(), entry.source());
        }
        ConfigCursor at = entry;
        Matcher steps = STEP.matcher(option);
        while (steps.find()) {
            Optional<ConfigCursor> next =
                    steps.group(1) != null ? child(at, steps.group(1)) : element(at, Integer.parseInt(steps.group(2)));
            if (next.isEmpty()) {
                return new OptionPath(entry.path() + "." + option, at.source());
            }
            at = next.get();
        }
        return new OptionPath(at.path(), at.source());
    }

    private static Optional<ConfigCursor> child(ConfigCursor object, String key) {
        return Optional.of(object.at(key)).filter(ConfigCursor::isPresent);
    }

    private static Optional<ConfigCursor> element(ConfigCursor list, int index) {
        List<ConfigCursor> elements = list.elements();
        return index < elements.size() ? Optional.of(elements.get(index)) : Optional.empty();
    }
}
