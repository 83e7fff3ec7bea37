package io.graft.apply;

import io.graft.config.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A configuration that can be run.
 *
 * @param problems warnings
 * @param folder where relative names come from
 * @param checkpoints those that the run has opened
 */
record Configuration(GraftFile file, List<Problem> problems, Path folder, OpenedCheckpoints checkpoints) {
    Configuration {
        problems = List.copyOf(problems);
    }

    Configuration withoutOutput() {
        return new Configuration(
                new GraftFile(file.model(), file.modifiers(), Optional.empty()), problems, folder, checkpoints);
    }

    /** A run that ends before anything is planned. */
    GraftException failure(Problem problem, Throwable cause) {
        List<Problem> all = new ArrayList<>(problems);
        all.add(problem);
        return new GraftException(all, null, cause);
    }
}
