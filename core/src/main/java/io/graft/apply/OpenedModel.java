package io.graft.apply;

import io.graft.TargetModel;
import io.graft.problem.Problem;
import java.util.List;

/**
 * The model that a run is for.
 *
 * @param warnings what a person should know of it
 * @param release frees what opening it took
 */
record OpenedModel(TargetModel target, List<Problem> warnings, Runnable release) implements AutoCloseable {
    OpenedModel {
        warnings = List.copyOf(warnings);
    }

    /** A model that belongs to somebody else. */
    static OpenedModel borrowed(TargetModel target) {
        return new OpenedModel(target, List.of(), () -> {});
    }

    @Override
    public void close() {
        release.run();
    }
}
