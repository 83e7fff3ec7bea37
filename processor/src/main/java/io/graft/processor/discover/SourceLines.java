package io.graft.processor.discover;

import com.sun.source.util.TreePath;
import java.nio.file.Path;
import java.util.Optional;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.Element;

/** Where a declaration stands, for messages that name a second place. */
final class SourceLines {
    private final SourceTrees trees;

    private SourceLines(SourceTrees trees) {
        this.trees = trees;
    }

    static SourceLines of(ProcessingEnvironment environment) {
        return new SourceLines(SourceTrees.of(environment));
    }

    /** {@code A.java:12}; empty if the declaration comes from a class file or the compiler shows no trees. */
    String place(Element element) {
        return trees.path(element)
                .map(path -> file(path) + ":" + trees.line(path))
                .orElse("");
    }

    private static String file(TreePath path) {
        String name = path.getCompilationUnit().getSourceFile().getName();
        return Optional.ofNullable(Path.of(name).getFileName())
                .map(Path::toString)
                .orElse(name);
    }
}
