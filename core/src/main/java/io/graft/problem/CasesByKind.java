package io.graft.problem;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Collects problems of a few kinds, so that each kind is told once, however many cases it has.
 *
 * @param <K> the kinds, in the order in which they are told
 */
public final class CasesByKind<K extends Enum<K> & ProblemKind> {
    private final ProblemCode code;
    private final Map<K, List<String>> cases;

    /**
     * @param code of all of them
     */
    public CasesByKind(ProblemCode code, Class<K> kinds) {
        this.code = code;
        this.cases = new EnumMap<>(kinds);
    }

    /**
     * @param what the case, with the offending text
     */
    public void add(K kind, String what) {
        cases.computeIfAbsent(kind, first -> new ArrayList<>()).add(what);
    }

    /** One problem for each kind that has a case. */
    public List<Problem> problems() {
        List<Problem> problems = new ArrayList<>();
        cases.forEach((kind, all) -> problems.add(new Problem(
                code,
                kind.severity(),
                "",
                Optional.empty(),
                kind.message() + ": " + FirstFew.of(all, 1),
                List.of(),
                kind.help())));
        return problems;
    }
}
