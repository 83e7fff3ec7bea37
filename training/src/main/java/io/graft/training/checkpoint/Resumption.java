package io.graft.training.checkpoint;

import io.graft.problem.FirstFew;
import java.util.ArrayList;
import java.util.List;

/**
 * What an optimizer goes on with of a training that was saved, by the names of parameters.
 *
 * @param restored those of which it remembers what was saved
 * @param anew those that are trained and of which nothing was saved, so that it begins anew with them
 * @param leftOut those of which something was saved and which the model does not have
 */
public record Resumption(List<String> restored, List<String> anew, List<String> leftOut) {
    public Resumption {
        restored = List.copyOf(restored);
        anew = List.copyOf(anew);
        leftOut = List.copyOf(leftOut);
    }

    /** What a person should know, as sentences; none if the optimizer goes on with all that is trained. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (restored.isEmpty() && !anew.isEmpty()) {
            warnings.add("nothing was saved of an optimizer, which begins anew");
        } else if (!anew.isEmpty()) {
            warnings.add("nothing was saved of " + FirstFew.names(anew)
                    + ", with which the optimizer begins anew; it goes on with " + restored.size() + " of "
                    + (restored.size() + anew.size()) + " parameters");
        }
        if (!leftOut.isEmpty()) {
            warnings.add("what was saved of " + FirstFew.names(leftOut) + " is left out: the model has no parameter of "
                    + (leftOut.size() == 1 ? "this name" : "these names"));
        }
        return warnings;
    }
}
