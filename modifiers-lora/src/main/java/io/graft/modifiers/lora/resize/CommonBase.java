package io.graft.modifiers.lora.resize;

import io.graft.lora.dialect.Adapter;
import io.graft.lora.dialect.AdapterBase;
import io.graft.lora.dialect.WeightDigest;
import io.graft.problem.FirstFew;
import io.graft.problem.Printable;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The weights that several adapters were made for; a weight that was another one for some of them is not among them. */
final class CommonBase {
    private final Map<String, WeightDigest> known = new LinkedHashMap<>();
    private final Set<String> differing = new TreeSet<>();
    private final List<Problem> problems = new ArrayList<>();

    /** @param file of the adapter, for messages */
    void add(Path file, Adapter adapter) {
        List<String> others = new ArrayList<>();
        adapter.base().digests().forEach((path, digest) -> {
            if (!known.computeIfAbsent(path, first -> digest).isOfSame(digest)) {
                others.add(path);
            }
        });
        if (!others.isEmpty()) {
            differing.addAll(others);
            problems.add(Problem.error(
                            ProblemCode.BASE_MISMATCH,
                            "`" + Printable.of(file)
                                    + "` was made for another base than the adapters before it: of the weights that it changes, "
                                    + others.size() + " of "
                                    + adapter.base().digests().size()
                                    + " had other values there: " + FirstFew.names(others),
                            "combine adapters of one base, or make sure that the sum does what it should")
                    .as(Severity.WARNING));
        }
    }

    AdapterBase known() {
        Map<String, WeightDigest> same = new LinkedHashMap<>(known);
        same.keySet().removeAll(differing);
        return new AdapterBase(same);
    }

    List<Problem> problems() {
        return List.copyOf(problems);
    }
}
