package io.graft;

import io.graft.problem.Explained;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Arithmetic would leave values that are no finite numbers any more. The message is one line. */
public final class ValuesLostException extends IOException implements Explained {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 10;

    private final transient Problem problem;

    /**
     * @param losses one sentence for each tensor, in the order of the state dict
     */
    ValuesLostException(List<String> losses) {
        super(losses.get(0));
        this.problem = problem(
                Severity.ERROR,
                losses,
                "look at what is added (`inspect`, `diff`) and at its scale, or cast to a type that holds larger numbers before");
    }

    @Override
    public Problem problem() {
        return problem;
    }

    static Problem problem(Severity severity, List<String> losses, String help) {
        List<String> notes = new ArrayList<>(losses.subList(1, Math.min(SHOWN, losses.size())));
        if (losses.size() > SHOWN) {
            notes.add("and " + (losses.size() - SHOWN) + " more tensors");
        }
        return new Problem(ProblemCode.VALUES_LOST, severity, "", Optional.empty(), losses.get(0), notes, help);
    }
}
