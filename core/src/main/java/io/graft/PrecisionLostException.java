package io.graft;

import io.graft.problem.Explained;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Codes of fewer bits are further from the values than whoever asked for them allows. The message is one line. */
public final class PrecisionLostException extends IOException implements Explained {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 10;

    private final transient Problem problem;

    /**
     * @param losses one sentence for each tensor, in the order of the state dict
     */
    PrecisionLostException(List<String> losses) {
        super(losses.get(0));
        List<String> notes = new ArrayList<>(losses.subList(1, Math.min(SHOWN, losses.size())));
        if (losses.size() > SHOWN) {
            notes.add("and " + (losses.size() - SHOWN) + " more tensors");
        }
        this.problem = new Problem(
                ProblemCode.PRECISION_LOST,
                Severity.ERROR,
                "",
                Optional.empty(),
                losses.get(0),
                notes,
                "give it more bits or smaller groups, leave it as it is, or allow more; the model and the output are as they"
                        + " were");
    }

    @Override
    public Problem problem() {
        return problem;
    }
}
