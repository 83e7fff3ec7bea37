package io.graft.model.tree;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A module or tensor of a {@link ModuleTree}. It keeps no path of its own: deep names would cost the square of their depth. */
final class TreeNode {
    private static final int NO_TENSOR = -1;

    private final int id;
    private final @Nullable TreeNode parent;
    private final String segment;
    private final Map<String, TreeNode> children = new LinkedHashMap<>(4);
    /** Children by alias; this node itself stands for an alias that two of them claim, which leads to neither. */
    private final Map<String, TreeNode> aliased = new HashMap<>(4);

    private Set<String> aliases = Set.of();
    private String type = "";
    private OptionalInt groups = OptionalInt.empty();
    private int tensor = NO_TENSOR;

    private TreeNode(int id, @Nullable TreeNode parent, String segment) {
        this.id = id;
        this.parent = parent;
        this.segment = segment;
    }

    static TreeNode root() {
        return new TreeNode(0, null, "");
    }

    TreeNode add(int childId, String childSegment) {
        TreeNode child = new TreeNode(childId, this, childSegment);
        children.put(childSegment, child);
        return child;
    }

    int id() {
        return id;
    }

    String path() {
        Deque<String> segments = new ArrayDeque<>();
        for (TreeNode node = this; node.parent != null; node = node.parent) {
            segments.push(node.segment);
        }
        return String.join(".", segments);
    }

    Collection<TreeNode> children() {
        return children.values();
    }

    @Nullable
    TreeNode canonicalChild(String name) {
        return children.get(name);
    }

    /** The child with this spelling; a canonical name goes before an alias. */
    @Nullable
    TreeNode child(String spelling) {
        TreeNode canonical = children.get(spelling);
        if (canonical != null) {
            return canonical;
        }
        TreeNode meant = aliased.get(spelling);
        return meant == this ? null : meant;
    }

    /** Whether the node's own name, or an alias that means this node and no other, passes. */
    boolean isSpelt(Predicate<String> test) {
        return test.test(segment) || spellings().anyMatch(test);
    }

    /** The node's own name, and each alias that means this node and no other. */
    Stream<String> spellings() {
        return Stream.concat(
                Stream.of(segment),
                aliases.stream().filter(alias -> parent != null && parent.aliased.get(alias) == this));
    }

    void spell(Set<String> spellings) {
        aliases = spellings;
        if (parent != null) {
            for (String alias : spellings) {
                parent.aliased.merge(alias, this, (other, self) -> other == self ? self : parent);
            }
        }
    }

    String type() {
        return type;
    }

    OptionalInt groups() {
        return groups;
    }

    void describe(ModuleSpec module) {
        type = module.type();
        groups = module.groups();
    }

    int tensor() {
        return tensor;
    }

    void hold(int tensorIndex) {
        tensor = tensorIndex;
    }

    boolean isTensor() {
        return tensor != NO_TENSOR;
    }

    /** A node that holds a tensor may be a module too: a bare file may name both {@code a} and {@code a.b}. */
    boolean isModule() {
        return !isTensor() || !children.isEmpty();
    }
}
