package io.graft.model.tree;

import java.util.BitSet;
import java.util.List;

/** The meaning of a selector's text. */
sealed interface NodePattern permits PathPattern, RegexPattern {
    String REGEX_MARK = "re:";

    /** The ids of the nodes that it names; never the root, which has no name. */
    BitSet match(ModuleTree tree);

    /** What it may have meant, if it names nothing. */
    List<String> nearest(ModuleTree tree);

    static NodePattern parse(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("a selector must not be empty");
        }
        return text.startsWith(REGEX_MARK)
                ? RegexPattern.parse(text.substring(REGEX_MARK.length()))
                : PathPattern.parse(text);
    }
}
