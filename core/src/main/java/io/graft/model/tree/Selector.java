package io.graft.model.tree;

import io.graft.config.DecodedBy;
import java.util.BitSet;
import java.util.List;

/**
 * Names modules or tensors of a model.
 *
 * <ul>
 *   <li>A dotted path, {@code processor.1.query}. A path that names a module selects everything under it, one that names a
 *       tensor selects that tensor. Segments match whole: {@code processor.1} is not {@code processor.10}.
 *   <li>In a path, {@code *} stands for one segment or a part of one ({@code enc*}), {@code **} for any number of segments, none
 *       included.
 *   <li>{@code re:} and a regular expression that must match the whole canonical name of a module or tensor.
 * </ul>
 *
 * <p>Each segment of a path may be spelt by its canonical name or an alias; regular expressions see canonical names only.
 */
@DecodedBy(SelectorDecoder.class)
public final class Selector {
    private final String text;
    private final NodePattern pattern;

    private Selector(String text, NodePattern pattern) {
        this.text = text;
        this.pattern = pattern;
    }

    /**
     * @throws IllegalArgumentException if the text is empty, has an empty segment, uses other pattern characters than
     *     {@code *}, or is not a regular expression; the message is one line
     */
    public static Selector parse(String text) {
        return new Selector(text, NodePattern.parse(text));
    }

    /** What it names in a tree, in the order of the state dict. */
    public Selection select(ModuleTree tree) {
        BitSet hits = pattern.match(tree);
        if (hits.isEmpty()) {
            tree.flat(text).ifPresent(node -> hits.set(node.id()));
        }
        return tree.selection(hits);
    }

    /** At most three selectors or names that it may have meant, if it selects nothing; the likeliest first. */
    public List<String> nearest(ModuleTree tree) {
        return pattern.nearest(tree);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Selector selector && selector.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The selector as written. */
    @Override
    public String toString() {
        return text;
    }
}
