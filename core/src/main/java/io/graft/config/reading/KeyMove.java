package io.graft.config.reading;

import io.graft.config.hocon.KeyPath;
import io.graft.problem.Spelling;
import java.util.List;
import java.util.Optional;

/**
 * What became of a key of older configurations: it stands elsewhere, or is gone.
 *
 * @param from the path that it had, in which {@code *} stands for each element of a list or each key
 * @param to the path that it has; up to the last {@code *} the same
 * @param removed what to do instead, where it is gone
 */
public record KeyMove(String from, Optional<String> to, Optional<String> removed) {
    /**
     * @throws IllegalArgumentException if it is neither elsewhere nor gone, or the paths do not fit together
     */
    public KeyMove {
        if (to.isPresent() == removed.isPresent()) {
            throw new IllegalArgumentException(
                    "give either `to`, where the key stands now, or `removed`, what to do instead");
        }
        List<String> old = steps(from);
        if (to.isPresent()) {
            List<String> now = steps(to.get());
            int shared = old.lastIndexOf(KeyPath.EACH) + 1;
            if (now.lastIndexOf(KeyPath.EACH) + 1 != shared
                    || !now.subList(0, shared).equals(old.subList(0, shared))
                    || now.equals(old)) {
                throw new IllegalArgumentException(
                        "`from` and `to` are different paths that are the same up to the last `*`");
            }
        }
        if (old.get(old.size() - 1).equals(KeyPath.EACH)) {
            throw new IllegalArgumentException("`from` ends with the key, not with `*`");
        }
    }

    /** In the spelling by which either is found. */
    private static List<String> steps(String path) {
        return KeyPath.parse(path).steps().stream().map(Spelling::kebab).toList();
    }

    /** The path down to the objects that have the key. */
    List<String> holders() {
        List<String> steps = steps(from);
        return steps.subList(0, steps.lastIndexOf(KeyPath.EACH) + 1);
    }

    /** The old path in such an object. */
    List<String> before() {
        List<String> steps = steps(from);
        return steps.subList(holders().size(), steps.size());
    }

    /** The path of today in such an object; empty if the key is gone. */
    Optional<List<String>> now() {
        return to.map(KeyMove::steps).map(steps -> steps.subList(holders().size(), steps.size()));
    }
}
