package io.graft.model.tree;

import io.graft.problem.Suggestions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A dotted path, each segment plain or with wildcards. */
record PathPattern(List<Segment> segments) implements NodePattern {
    private static final String ANY_NUMBER = "**";
    private static final String NOT_PATTERNS = "?[]{}";

    /** One segment of a path pattern. */
    private sealed interface Segment {
        /** As written. */
        String text();
    }

    /** A segment that is spelt out. */
    private record Plain(String text) implements Segment {}

    /** A segment with {@code *} in it. */
    private record Glob(String text, Pattern pattern) implements Segment {}

    /** Any number of segments. */
    private record AnyNumber(String text) implements Segment {}

    /** A node, and how many segments of the pattern lead to it. */
    private record Step(TreeNode node, int matched) {}

    static PathPattern parse(String text) {
        return new PathPattern(DottedPath.segments(text).stream()
                .map(segment -> segment(segment, text))
                .toList());
    }

    private static Segment segment(String segment, String text) {
        if (segment.isEmpty()) {
            throw new IllegalArgumentException("`" + text + "` has an empty segment");
        }
        if (segment.equals(ANY_NUMBER)) {
            return new AnyNumber(segment);
        }
        if (segment.contains(ANY_NUMBER)) {
            throw new IllegalArgumentException(
                    "`**` stands for whole segments, not for a part of one as in `" + segment + "`");
        }
        if (segment.chars().anyMatch(character -> NOT_PATTERNS.indexOf(character) >= 0)) {
            throw new IllegalArgumentException(
                    "`" + segment
                            + "` is neither a name nor a pattern: a path knows `*` and `**`; for more write `re:` and a regular expression");
        }
        if (segment.contains("*")) {
            String expression = List.of(segment.split("\\*", -1)).stream()
                    .map(Pattern::quote)
                    .collect(Collectors.joining(".*"));
            return new Glob(segment, Pattern.compile(expression));
        }
        return new Plain(segment);
    }

    /** Visits each pair of a node and a position in the pattern once, so that several {@code **} stay linear. */
    @Override
    public BitSet match(ModuleTree tree) {
        BitSet hits = new BitSet(tree.size());
        Set<Step> seen = new HashSet<>();
        Deque<Step> open = new ArrayDeque<>();
        open.push(new Step(tree.root(), 0));
        while (!open.isEmpty()) {
            Step step = open.pop();
            if (!seen.add(step)) {
                continue;
            }
            if (step.matched == segments.size()) {
                hits.set(step.node.id());
            } else {
                successors(step).forEach(open::push);
            }
        }
        hits.clear(tree.root().id());
        return hits;
    }

    private List<Step> successors(Step step) {
        List<Step> next = new ArrayList<>();
        Segment segment = segments.get(step.matched);
        if (segment instanceof Plain plain) {
            TreeNode child = step.node.child(plain.text);
            if (child != null) {
                next.add(new Step(child, step.matched + 1));
            }
        } else if (segment instanceof Glob glob) {
            for (TreeNode child : step.node.children()) {
                if (child.isSpelt(spelling -> glob.pattern.matcher(spelling).matches())) {
                    next.add(new Step(child, step.matched + 1));
                }
            }
        } else {
            next.add(new Step(step.node, step.matched + 1));
            step.node.children().forEach(child -> next.add(new Step(child, step.matched)));
        }
        return next;
    }

    @Override
    public List<String> nearest(ModuleTree tree) {
        return segments.stream().allMatch(Plain.class::isInstance) ? tree.nearest(toString()) : nearestPattern(tree);
    }

    /**
     * The pattern with every plain segment that no node has replaced by the nearest one or, where it begins further down, with any
     * number of segments before it: whichever matches something.
     */
    private List<String> nearestPattern(ModuleTree tree) {
        Set<String> known = tree.nodes().stream().flatMap(TreeNode::spellings).collect(Collectors.toSet());
        List<String> corrected = new ArrayList<>();
        for (Segment segment : segments) {
            corrected.add(
                    segment instanceof Plain plain && !known.contains(plain.text)
                            ? Suggestions.near(plain.text, known).stream()
                                    .findFirst()
                                    .orElse(plain.text)
                            : segment.text());
        }
        String pattern = String.join(".", corrected);
        return Stream.of(pattern, ANY_NUMBER + "." + pattern)
                .filter(each -> !parse(each).match(tree).isEmpty())
                .limit(1)
                .toList();
    }

    @Override
    public String toString() {
        return segments.stream().map(Segment::text).collect(Collectors.joining("."));
    }
}
