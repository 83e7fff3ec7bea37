package io.graft.processor.discover;

import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePath;
import com.sun.source.util.Trees;
import java.util.Optional;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.Element;

/**
 * The trees of the sources. Only javac shows them, through an API of its own, and only to those who get its environment and
 * not a build tool's around it; everyone else sees none.
 */
final class SourceTrees {
    private final Optional<Trees> trees;

    private SourceTrees(Optional<Trees> trees) {
        this.trees = trees;
    }

    static SourceTrees of(ProcessingEnvironment environment) {
        try {
            return new SourceTrees(Optional.of(Trees.instance(environment)));
        } catch (IllegalArgumentException | LinkageError notJavac) {
            return new SourceTrees(Optional.empty());
        }
    }

    /** The tree of a declaration and those around it; empty if it comes from a class file. */
    Optional<TreePath> path(Element element) {
        return trees.map(javac -> javac.getPath(element));
    }

    /** The line, from 1, on which a tree begins. */
    long line(TreePath path) {
        SourcePositions positions = trees.orElseThrow().getSourcePositions();
        long start = positions.getStartPosition(path.getCompilationUnit(), path.getLeaf());
        return path.getCompilationUnit().getLineMap().getLineNumber(start);
    }
}
