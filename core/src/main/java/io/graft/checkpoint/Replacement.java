package io.graft.checkpoint;

import java.nio.file.Path;
import java.util.List;

/**
 * The files of an earlier run that give way when new ones are published.
 *
 * @param replaced those whose names new files take
 * @param removed those that go because they belong to the model before
 */
public record Replacement(List<Path> replaced, List<Path> removed) {
    /** Every file that is there stays. */
    public static final Replacement NONE = new Replacement(List.of(), List.of());

    public Replacement {
        replaced = List.copyOf(replaced);
        removed = List.copyOf(removed);
    }
}
