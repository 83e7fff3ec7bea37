package io.graft.model.tree;

import java.util.BitSet;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** A regular expression over whole canonical names. */
record RegexPattern(Pattern expression) implements NodePattern {
    static RegexPattern parse(String expression) {
        try {
            return new RegexPattern(Pattern.compile(expression));
        } catch (PatternSyntaxException malformed) {
            // The exception's own message has several lines.
            throw new IllegalArgumentException(
                    "`" + expression + "` is not a regular expression: " + malformed.getDescription() + " at position "
                            + malformed.getIndex(),
                    malformed);
        }
    }

    @Override
    public BitSet match(ModuleTree tree) {
        BitSet hits = new BitSet(tree.size());
        for (TreeNode node : tree.nodes()) {
            if (expression.matcher(node.path()).matches()) {
                hits.set(node.id());
            }
        }
        return hits;
    }

    @Override
    public List<String> nearest(ModuleTree tree) {
        return List.of();
    }
}
