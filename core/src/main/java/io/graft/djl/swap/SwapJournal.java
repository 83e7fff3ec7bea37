package io.graft.djl.swap;

import ai.djl.nn.Block;
import java.util.ArrayDeque;
import java.util.Deque;

/** Exchanges that were made, so that they can be undone: each place then holds the very object that it held before. */
public final class SwapJournal {
    private final Deque<Runnable> steps = new ArrayDeque<>();

    /** Of no exchange yet. */
    public SwapJournal() {}

    void put(Place place, Block old, Block replacement) {
        note(() -> place.put(old));
        place.put(replacement);
    }

    void note(Runnable undo) {
        steps.push(undo);
    }

    /** Undoes every exchange, the last one first; undone twice is undone once. */
    public void undo() {
        while (!steps.isEmpty()) {
            steps.pop().run();
        }
    }
}
