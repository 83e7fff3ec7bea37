package io.graft;

import io.graft.problem.Problem;
import java.util.ArrayList;
import java.util.List;

/**
 * The model that a run is for. Closing it frees what opening it took.
 *
 * @param warnings what a person should know of it
 * @param release frees what opening it took
 */
public record OpenedModel(TargetModel target, List<Problem> warnings, Runnable release) implements AutoCloseable {
    public OpenedModel {
        warnings = List.copyOf(warnings);
    }

    /** A model that took nothing to open, or that belongs to somebody else. */
    public static OpenedModel of(TargetModel target) {
        return of(target, () -> {});
    }

    /** A model of which nothing is to be told. */
    public static OpenedModel of(TargetModel target, Runnable release) {
        return new OpenedModel(target, List.of(), release);
    }

    /** The same model, of which more is to be told. */
    public OpenedModel with(List<Problem> more) {
        List<Problem> all = new ArrayList<>(warnings);
        all.addAll(more);
        return new OpenedModel(target, all, release);
    }

    @Override
    public void close() {
        release.run();
    }
}
