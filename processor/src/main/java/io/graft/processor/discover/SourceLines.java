package io.graft.processor.discover;

import com.sun.source.util.TreePath;
import com.sun.source.util.Trees;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.Element;

/**
 * Where a declaration stands, for messages that name a second place. Only javac can tell, through an API of its own.
 */
final class SourceLines {
    private final Function<Element, Optional<TreePath>> paths;
    private final Function<TreePath, Long> starts;

    private SourceLines(Function<Element, Optional<TreePath>> paths, Function<TreePath, Long> starts) {
        this.paths = paths;
        this.starts = starts;
    }

    static SourceLines of(ProcessingEnvironment environment) {
        try {
            Trees trees = Trees.instance(environment);
            return new SourceLines(
                    element -> Optional.ofNullable(trees.getPath(element)),
                    path -> trees.getSourcePositions().getStartPosition(path.getCompilationUnit(), path.getLeaf()));
        } catch (IllegalArgumentException | LinkageError notJavac) {
            return new SourceLines(element -> Optional.empty(), path -> 0L);
        }
    }

    /** {@code A.java:12}; empty if the declaration comes from a class file or the compiler is another. */
    String place(Element element) {
        return paths.apply(element)
                .map(path -> file(path) + ":"
                        + path.getCompilationUnit().getLineMap().getLineNumber(starts.apply(path)))
                .orElse("");
    }

    private static String file(TreePath path) {
        String name = path.getCompilationUnit().getSourceFile().getName();
        return Optional.ofNullable(Path.of(name).getFileName())
                .map(Path::toString)
                .orElse(name);
    }
}
