package io.graft.config.reading;

import io.graft.problem.Problem;
import io.graft.problem.ProblemRenderer;
import io.graft.problem.SourceRef;
import java.nio.file.Path;
import java.util.List;

/** Problems whose files are named from a folder, so that texts do not depend on where the tests run. */
final class Problems {
    private Problems() {}

    static List<Problem> in(Path folder, List<Problem> problems) {
        return problems.stream().map(problem -> in(folder, problem)).toList();
    }

    static String render(Path folder, List<Problem> problems) {
        return ProblemRenderer.plain().render(in(folder, problems));
    }

    private static Problem in(Path folder, Problem problem) {
        String prefix = folder + "/";
        return new Problem(
                problem.code(),
                problem.severity(),
                problem.path(),
                problem.at()
                        .map(at -> new SourceRef(
                                at.file().replace(prefix, ""), at.line(), at.column(), at.length(), at.text())),
                problem.message().replace(prefix, ""),
                problem.notes().stream().map(note -> note.replace(prefix, "")).toList(),
                problem.help());
    }
}
