package io.graft.problem;

/** What problems of one kind have in common: an enumeration of them says what something cannot do. */
public interface ProblemKind {
    /** What is wrong, as a clause that the cases follow. */
    String message();

    /** What to do about it. */
    String help();

    default Severity severity() {
        return Severity.ERROR;
    }
}
