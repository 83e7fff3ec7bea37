package io.graft;

import java.util.List;

/**
 * What a run did.
 *
 * @param plan what was planned; carried out in full if {@code committed}, else not at all
 * @param committed whether the model or its files were changed
 * @param outputs the files that were written
 */
public record Report(Plan plan, boolean committed, List<Output> outputs) {
    public Report {
        outputs = List.copyOf(outputs);
    }
}
