package io.graft.checkpoint.carry;

import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The modules that are not quantized, as transformers looks for them: an entry of its list is a regular expression for the beginning of
 * a name, or the end of one, so that {@code mlp.gate} means {@code mlp.gate_proj} as well.
 */
public final class PlainModules {
    /** What a name consists of that stands for itself, but for dots, which stand for any character. */
    private static final Pattern SIMPLE = Pattern.compile("[\\w.-]*");

    private PlainModules() {}

    /**
     * An entry for each module, that means none of the others: its name, or where that would, an expression that means it alone, also
     * where the model is part of another one, if that would mean none of them.
     *
     * @param plain paths of modules that are not quantized
     * @param quantized paths of those that are
     */
    public static List<String> entries(Collection<String> plain, Collection<String> quantized) {
        return plain.stream()
                .map(module ->
                        SIMPLE.matcher(module).matches() && quantized.stream().noneMatch(other -> means(module, other))
                                ? module
                                : alone(module, quantized))
                .toList();
    }

    private static String alone(String module, Collection<String> quantized) {
        boolean isEnd = quantized.stream().anyMatch(other -> other.endsWith("." + module));
        return (isEnd ? "" : "(.*[.])?") + literal(module) + "$";
    }

    /** Whether an entry means a module. */
    private static boolean means(String entry, String module) {
        if (module.endsWith(entry)) {
            return true;
        }
        boolean isBeginning = entry.length() <= module.length();
        for (int i = 0; isBeginning && i < entry.length(); i++) {
            isBeginning = entry.charAt(i) == '.' || entry.charAt(i) == module.charAt(i);
        }
        return isBeginning;
    }

    /** As an expression, which Python reads as Java does. */
    private static String literal(String module) {
        return module.replaceAll("[\\[\\](){}^$*+?|\\\\]", "\\\\$0").replace(".", "[.]");
    }
}
