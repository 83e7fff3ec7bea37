package io.graft.modifiers.transfer.suggest;

import io.graft.modifiers.transfer.suggest.Pairs.Match;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Pairs what belongs together in order (Needleman and Wunsch 1970): as many as have the same shape there and here without one pair crossing another,
 * and of several such ways the one whose names are most alike.
 */
final class Order {
    /** Cells of the table; more would take longer than a person waits. */
    private static final long MOST = 4_000_000;

    private Order() {}

    /** The pairs, in order; none if there is too much to compare. */
    static List<Match> match(List<Unit> from, List<Unit> to, Likeness likeness) {
        if ((long) from.size() * to.size() > MOST) {
            return List.of();
        }
        float[][] best = new float[from.size() + 1][to.size() + 1];
        for (int i = from.size() - 1; i >= 0; i--) {
            for (int j = to.size() - 1; j >= 0; j--) {
                best[i][j] =
                        Math.max(Math.max(best[i + 1][j], best[i][j + 1]), matched(from, to, i, j, best, likeness));
            }
        }
        List<Match> pairs = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < from.size() && j < to.size()) {
            if (best[i][j] == matched(from, to, i, j, best, likeness)) {
                pairs.add(new Match(from.get(i++), to.get(j++)));
            } else if (best[i][j] == best[i + 1][j]) {
                i++;
            } else {
                j++;
            }
        }
        return Collections.unmodifiableList(pairs);
    }

    private static float matched(List<Unit> from, List<Unit> to, int i, int j, float[][] best, Likeness likeness) {
        Unit one = from.get(i);
        Unit other = to.get(j);
        return one.mayBe(other)
                ? best[i + 1][j + 1] + 1 + (float) likeness.of(one.name(), other.name())
                : Float.NEGATIVE_INFINITY;
    }
}
