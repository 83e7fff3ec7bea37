package io.graft.convert;

import io.graft.model.rules.Rules;
import java.util.Optional;

/**
 * How tensors are renamed and restructured, in this order: a prefix goes, rules apply to what is left, a prefix comes.
 *
 * @param stripPrefix the prefix, in whole segments, that is removed from the keys that have it; the others are left as they are
 * @param rules what else becomes of names, and of the tensors themselves
 * @param addPrefix whole segments that come before every name
 */
public record NameChanges(Optional<String> stripPrefix, Rules rules, Optional<String> addPrefix) {
    /** Every tensor keeps its name. */
    public static final NameChanges NONE = new NameChanges(Optional.empty(), Rules.NONE, Optional.empty());

    public NameChanges {
        stripPrefix = stripPrefix.map(NameChanges::wholeSegments);
        addPrefix = addPrefix.map(NameChanges::wholeSegments);
    }

    private static String wholeSegments(String prefix) {
        if (prefix.isBlank() || prefix.startsWith(".") || prefix.contains("..")) {
            throw new IllegalArgumentException("`" + prefix + "` is no dotted name");
        }
        return prefix.endsWith(".") ? prefix : prefix + ".";
    }
}
