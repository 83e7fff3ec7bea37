package io.graft.tensor.expression;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Lists the nodes of an expression. */
final class Nodes {
    /** Up to here, looking through the list is faster than a set. */
    private static final int FEW = 16;

    private final List<Expression> found = new ArrayList<>();
    private Set<Expression> many = Set.of();

    private Nodes() {}

    /** Every node once, operands before what is computed from them. */
    static List<Expression> of(Expression root) {
        Nodes nodes = new Nodes();
        nodes.visit(root);
        return nodes.found;
    }

    private void visit(Expression node) {
        // Without circles, a node that was seen is one that was listed.
        if (isListed(node)) {
            return;
        }
        if (node instanceof Expression.Computed computed) {
            List<Expression> operands = computed.operands();
            for (int i = 0; i < operands.size(); i++) {
                visit(operands.get(i));
            }
        }
        found.add(node);
        if (found.size() == FEW) {
            many = Collections.newSetFromMap(new IdentityHashMap<>());
            many.addAll(found);
        } else if (found.size() > FEW) {
            many.add(node);
        }
    }

    private boolean isListed(Expression node) {
        if (found.size() >= FEW) {
            return many.contains(node);
        }
        for (int i = 0; i < found.size(); i++) {
            if (found.get(i) == node) {
                return true;
            }
        }
        return false;
    }
}
