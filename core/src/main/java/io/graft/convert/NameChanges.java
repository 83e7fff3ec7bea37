package io.graft.convert;

import io.graft.model.RenameRules;
import java.util.List;
import java.util.Optional;

/**
 * How tensors are renamed, in this order: a prefix goes, rules apply to what is left, a prefix comes.
 *
 * @param stripPrefix the prefix, in whole segments, that is removed from the keys that have it; the others are left as they are
 * @param rename rules, all at once: each key goes by its own text, never by a name that another rule gave
 * @param addPrefix whole segments that come before every name
 */
public record NameChanges(Optional<String> stripPrefix, List<RenameRules.Rule> rename, Optional<String> addPrefix) {
    /** Every tensor keeps its name. */
    public static final NameChanges NONE = new NameChanges(Optional.empty(), List.of(), Optional.empty());

    public NameChanges {
        stripPrefix = stripPrefix.map(NameChanges::wholeSegments);
        rename = List.copyOf(rename);
        addPrefix = addPrefix.map(NameChanges::wholeSegments);
    }

    private static String wholeSegments(String prefix) {
        if (prefix.isBlank() || prefix.startsWith(".") || prefix.contains("..")) {
            throw new IllegalArgumentException("`" + prefix + "` is no dotted name");
        }
        return prefix.endsWith(".") ? prefix : prefix + ".";
    }
}
