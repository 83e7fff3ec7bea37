package io.graft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.problem.SourceRef;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GraftExceptionTest {
    private static final Problem WARNING =
            new Problem(ProblemCode.EMPTY, Severity.WARNING, "", Optional.empty(), "never mind", List.of(), "");
    private static final Problem WITHOUT_PLACE = new Problem(
            ProblemCode.APPLY_FAILED, Severity.ERROR, "", Optional.empty(), "the disk is full", List.of(), "");

    @Test
    void messageTellsTheFirstError() {
        assertEquals(
                "error[unknown-key] train.conf:7:5 graft.modifiers[0].alhpa: no key `alhpa`",
                message(List.of(WARNING, at(new SourceRef("train.conf", 7, 5, 5, "    alhpa = 16")))));
    }

    @Test
    void messageTellsHowManyMoreThereAre() {
        assertEquals(
                "error[apply-failed]: the disk is full (and 1 more error)",
                message(List.of(WITHOUT_PLACE, WITHOUT_PLACE, WARNING)));
        assertEquals(
                "error[apply-failed]: the disk is full (and 2 more errors)",
                message(List.of(WITHOUT_PLACE, WITHOUT_PLACE, WITHOUT_PLACE)));
    }

    @Test
    void placeIsToldAsFarAsItIsKnown() {
        assertEquals(
                "error[unknown-key] --set graft.modifiers[0].alhpa: no key `alhpa`",
                message(List.of(at(SourceRef.of("--set")))));
    }

    private static Problem at(SourceRef place) {
        return new Problem(
                ProblemCode.UNKNOWN_KEY,
                Severity.ERROR,
                "graft.modifiers[0].alhpa",
                Optional.of(place),
                "no key `alhpa`",
                List.of(),
                "");
    }

    private static String message(List<Problem> problems) {
        return new GraftException(problems, null).getMessage();
    }
}
