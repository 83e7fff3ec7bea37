package io.graft.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class CasesByKindTest {
    private enum Kind implements ProblemKind {
        FIRST,
        SECOND;

        @Override
        public String message() {
            return "it cannot do the " + name();
        }

        @Override
        public String help() {
            return "leave it";
        }

        @Override
        public Severity severity() {
            return this == SECOND ? Severity.WARNING : ProblemKind.super.severity();
        }
    }

    @Test
    void tellsEachKindOnceInItsOrder() {
        CasesByKind<Kind> cases = new CasesByKind<>(ProblemCode.UNSUPPORTED_CHANGE, Kind.class);
        assertEquals(List.of(), cases.problems());
        cases.add(Kind.SECOND, "`a`");
        cases.add(Kind.FIRST, "`b`");
        cases.add(Kind.FIRST, "`c`");
        assertEquals(
                List.of("it cannot do the FIRST: `b` and 1 more", "it cannot do the SECOND: `a`"),
                cases.problems().stream().map(Problem::message).toList());
        assertEquals(
                List.of(Severity.ERROR, Severity.WARNING),
                cases.problems().stream().map(Problem::severity).toList());
    }
}
