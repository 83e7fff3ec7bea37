package io.graft.model.tree;

import io.graft.problem.Suggestions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds what a path that means nothing may have meant: a name that has the same segments but more or fewer of them, and the
 * same last one ({@code data} for {@code encoder.data}), or else one that is a few typing errors away.
 */
final class NearestNames {
    private static final int AT_MOST = 3;

    private final List<String> names;

    NearestNames(ModuleTree tree) {
        this.names = tree.nodes().stream().map(TreeNode::path).toList();
    }

    private record Candidate(String name, int distance) {}

    List<String> to(String path) {
        List<String> sameSegments = bySegments(DottedPath.segments(path));
        return sameSegments.isEmpty() ? Suggestions.near(path, names) : sameSegments;
    }

    /** A stable sort: names at the same distance stay in the model's order. */
    private List<String> bySegments(List<String> written) {
        return names.stream()
                .flatMap(name -> candidate(name, written))
                .sorted(Comparator.comparingInt(Candidate::distance))
                .limit(AT_MOST)
                .map(Candidate::name)
                .toList();
    }

    private static Stream<Candidate> candidate(String name, List<String> written) {
        List<String> segments = DottedPath.segments(name);
        boolean sameLast = segments.get(segments.size() - 1).equals(written.get(written.size() - 1));
        return sameLast && (isWithin(written, segments) || isWithin(segments, written))
                ? Stream.of(new Candidate(name, Math.abs(segments.size() - written.size())))
                : Stream.empty();
    }

    /** Whether all of {@code some} occur in {@code all}, in the same order. */
    private static boolean isWithin(List<String> some, List<String> all) {
        int found = 0;
        for (String segment : all) {
            if (found < some.size() && some.get(found).equals(segment)) {
                found++;
            }
        }
        return found == some.size();
    }
}
