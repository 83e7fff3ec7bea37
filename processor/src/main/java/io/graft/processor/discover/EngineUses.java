package io.graft.processor.discover;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreeScanner;
import io.graft.processor.model.Literal;
import io.graft.processor.model.SourceRef;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;
import org.jspecify.annotations.Nullable;

/**
 * Static initializers that call the engine of DJL. They are no elements, so they are read from the source's tree, by the names
 * in it: resolving those would compile the class before what it needs is generated.
 */
final class EngineUses {
    private static final String ENGINE = "ai.djl.engine.Engine";
    private static final Set<String> IMPORTS = Set.of(ENGINE, "ai.djl.engine.*");

    private final SourceTrees trees;

    EngineUses(SourceTrees trees) {
        this.trees = trees;
    }

    /** The simple name of the class for each use; the place is the static field, or the class where a block does it. */
    List<Literal> of(TypeElement type) {
        return trees.path(type)
                .filter(path -> path.getLeaf() instanceof ClassTree)
                .map(path -> uses(type, path))
                .orElse(List.of());
    }

    private static List<Literal> uses(TypeElement type, TreePath path) {
        Names names = Names.of(path.getCompilationUnit());
        return ((ClassTree) path.getLeaf())
                .getMembers().stream()
                        .flatMap(member -> use(type, member, names))
                        .map(at -> new Literal(type.getSimpleName().toString(), SourceRef.of(at)))
                        .toList();
    }

    private static Stream<? extends Element> use(TypeElement type, Tree member, Names names) {
        if (member instanceof BlockTree block && block.isStatic() && names.isIn(block)) {
            return Stream.of(type);
        }
        if (member instanceof VariableTree field
                && field.getModifiers().getFlags().contains(Modifier.STATIC)
                && names.isIn(field.getInitializer())) {
            return ElementFilter.fieldsIn(type.getEnclosedElements()).stream()
                    .filter(element -> element.getSimpleName().contentEquals(field.getName()));
        }
        return Stream.empty();
    }

    /**
     * What one source calls the engine and its methods.
     *
     * @param isImported whether {@code Engine} alone means it
     * @param methods those that are called without it
     */
    private record Names(boolean isImported, Set<String> methods) {
        static Names of(CompilationUnitTree source) {
            List<String> imports = texts(source, false).toList();
            return new Names(
                    imports.stream().anyMatch(IMPORTS::contains),
                    texts(source, true)
                            .filter(name -> name.startsWith(ENGINE + "."))
                            .map(name -> name.substring(ENGINE.length() + 1))
                            .collect(Collectors.toUnmodifiableSet()));
        }

        private static Stream<String> texts(CompilationUnitTree source, boolean isStatic) {
            return source.getImports().stream()
                    .filter(line -> line.isStatic() == isStatic)
                    .map(ImportTree::getQualifiedIdentifier)
                    .map(Tree::toString);
        }

        boolean isIn(@Nullable Tree code) {
            return code != null && Boolean.TRUE.equals(code.accept(new Finder(this), null));
        }

        boolean isEngine(Tree expression) {
            String text = expression.toString();
            return text.equals(ENGINE) || (isImported && text.equals("Engine"));
        }
    }

    /** Finds calls that run with the initializer; what a lambda does happens later, and a class literal starts nothing. */
    private static final class Finder extends TreeScanner<Boolean, @Nullable Void> {
        private final Names names;

        private Finder(Names names) {
            this.names = names;
        }

        @Override
        public Boolean visitMemberSelect(MemberSelectTree select, @Nullable Void none) {
            boolean isStart = names.isEngine(select.getExpression())
                    && !select.getIdentifier().contentEquals("class");
            return isStart || Boolean.TRUE.equals(super.visitMemberSelect(select, null));
        }

        @Override
        public Boolean visitMethodInvocation(MethodInvocationTree call, @Nullable Void none) {
            boolean isStart = call.getMethodSelect() instanceof IdentifierTree name
                    && names.methods().contains(name.getName().toString());
            return isStart || Boolean.TRUE.equals(super.visitMethodInvocation(call, null));
        }

        @Override
        public Boolean visitLambdaExpression(LambdaExpressionTree lambda, @Nullable Void none) {
            return false;
        }

        @Override
        public Boolean visitMemberReference(MemberReferenceTree reference, @Nullable Void none) {
            return false;
        }

        @Override
        public Boolean visitClass(ClassTree type, @Nullable Void none) {
            return false;
        }

        @Override
        public Boolean reduce(@Nullable Boolean one, @Nullable Boolean other) {
            return Boolean.TRUE.equals(one) || Boolean.TRUE.equals(other);
        }
    }
}
