package io.graft;

import io.graft.checkpoint.Replacement;
import java.util.List;

/**
 * What a run did.
 *
 * @param plan what was planned; carried out in full if {@code committed}, else not at all
 * @param committed whether the model or its files were changed
 * @param outputs the files that were written
 * @param replacement files of an earlier run that gave way to them
 */
public record Report(Plan plan, boolean committed, List<Output> outputs, Replacement replacement) {
    public Report {
        outputs = List.copyOf(outputs);
    }

    /** A run for which no file gave way. */
    public Report(Plan plan, boolean committed, List<Output> outputs) {
        this(plan, committed, outputs, Replacement.NONE);
    }
}
