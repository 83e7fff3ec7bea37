package io.graft.model.tree;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/**
 * The tree of modules and tensors that dotted names span, with every spelling of each segment. A look-up costs as many steps
 * as the path has segments.
 */
public final class ModuleTree {
    private static final int LONGEST_KEY = 1000;

    private final List<TreeNode> nodes = new ArrayList<>();
    private final List<String> tensors = new ArrayList<>();
    private final TreeNode root = TreeNode.root();
    private final boolean isOfBlocks;

    private ModuleTree(boolean isOfBlocks) {
        this.isOfBlocks = isOfBlocks;
        nodes.add(root);
    }

    /**
     * The tree that modules and tensors span.
     *
     * @param declared in depth-first order; modules that only the names of tensors tell of are added
     * @param name canonical, of a tensor
     * @param aliases other spellings of the name's last segment
     */
    public static <T> ModuleTree of(
            List<ModuleSpec> declared,
            Collection<T> tensors,
            Function<T, String> name,
            Function<T, Set<String>> aliases) {
        ModuleTree tree = new ModuleTree(!declared.isEmpty());
        for (ModuleSpec module : declared) {
            TreeNode node = tree.grow(module.path());
            node.describe(module);
            node.spell(module.aliases());
        }
        for (T tensor : tensors) {
            tree.growTensor(name.apply(tensor)).spell(aliases.apply(tensor));
        }
        return tree;
    }

    /** The tree that the keys of a checkpoint span; each segment has one spelling. */
    public static ModuleTree ofNames(Collection<String> names) {
        return of(List.of(), names, Function.identity(), name -> Set.of());
    }

    /** The canonical name of the tensor that a dotted path means, however its segments are spelt. */
    public Optional<String> findTensor(String path) {
        return locate(path).filter(TreeNode::isTensor).map(node -> tensors.get(node.tensor()));
    }

    /** The canonical path of the module that a dotted path means, however its segments are spelt. */
    public Optional<String> findModule(String path) {
        return locate(path).filter(TreeNode::isModule).map(TreeNode::path);
    }

    /** The type of the module that a dotted path means, {@code Linear}; empty if unknown. */
    public String moduleType(String path) {
        return locate(path).map(TreeNode::type).orElse("");
    }

    /** Into how many groups the channels of the convolution fall that a dotted path means; empty if it is none, or nobody knows. */
    public OptionalInt groups(String path) {
        return locate(path).map(TreeNode::groups).orElse(OptionalInt.empty());
    }

    /** Canonical paths of the modules but the model itself, each before those in it. */
    public List<String> modules() {
        return nodes().stream().filter(TreeNode::isModule).map(TreeNode::path).toList();
    }

    /** At most three names of modules or tensors that a path which means nothing may have meant, the likeliest first. */
    public List<String> nearest(String path) {
        return new NearestNames(this).to(path);
    }

    TreeNode root() {
        return root;
    }

    /** Every node but the root. */
    List<TreeNode> nodes() {
        return nodes.subList(1, nodes.size());
    }

    int size() {
        return nodes.size();
    }

    /** The selection that names these nodes, given by their ids. */
    Selection selection(BitSet hits) {
        List<String> modules = new ArrayList<>();
        BitSet visited = new BitSet(nodes.size());
        BitSet selected = new BitSet(tensors.size());
        hits.stream().mapToObj(nodes::get).forEach(node -> {
            if (node.isModule()) {
                modules.add(node.path());
            }
            collectTensors(node, visited, selected);
        });
        return new Selection(modules, selected.stream().mapToObj(tensors::get).toList());
    }

    /** Not recursive, since a file may nest names deeper than the stack. */
    private static void collectTensors(TreeNode from, BitSet visited, BitSet selected) {
        Deque<TreeNode> open = new ArrayDeque<>();
        open.push(from);
        while (!open.isEmpty()) {
            TreeNode node = open.pop();
            if (visited.get(node.id())) {
                continue;
            }
            visited.set(node.id());
            if (node.isTensor()) {
                selected.set(node.tensor());
            }
            node.children().forEach(open::push);
        }
    }

    private Optional<TreeNode> locate(String path) {
        TreeNode node = root;
        for (String segment : DottedPath.segments(path)) {
            node = node.child(segment);
            if (node == null) {
                return flat(path);
            }
        }
        return Optional.of(node);
    }

    /**
     * What DJL's own key of a parameter means, {@code 01Linear_weight}: names of blocks may have a {@code _} themselves, so the tree
     * tells where one ends. Empty if it is none, or means several.
     */
    Optional<TreeNode> flat(String key) {
        if (!isOfBlocks || key.indexOf('_') < 0 || key.indexOf('.') >= 0 || key.length() > LONGEST_KEY) {
            return Optional.empty();
        }
        Set<TreeNode> found = new HashSet<>();
        Deque<Map.Entry<TreeNode, Integer>> open = new ArrayDeque<>();
        Set<Map.Entry<TreeNode, Integer>> seen = new HashSet<>();
        open.push(Map.entry(root, 0));
        while (!open.isEmpty()) {
            Map.Entry<TreeNode, Integer> place = open.pop();
            int at = place.getValue();
            for (TreeNode child : place.getKey().children()) {
                child.spellings()
                        .filter(spelling -> key.startsWith(spelling, at))
                        .forEach(spelling -> {
                            int end = at + spelling.length();
                            if (end == key.length()) {
                                found.add(child);
                            } else if (key.charAt(end) == '_' && seen.add(Map.entry(child, end + 1))) {
                                open.push(Map.entry(child, end + 1));
                            }
                        });
            }
        }
        return found.size() == 1 ? found.stream().findFirst() : Optional.empty();
    }

    private TreeNode growTensor(String name) {
        TreeNode node = grow(name);
        node.hold(tensors.size());
        tensors.add(name);
        return node;
    }

    private TreeNode grow(String path) {
        TreeNode node = root;
        for (String segment : DottedPath.segments(path)) {
            TreeNode child = node.canonicalChild(segment);
            if (child == null) {
                child = node.add(nodes.size(), segment);
                nodes.add(child);
            }
            node = child;
        }
        return node;
    }
}
