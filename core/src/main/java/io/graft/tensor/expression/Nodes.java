package io.graft.tensor.expression;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Lists the nodes of an expression. */
final class Nodes {
    private final Set<Expression> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Expression> found = new ArrayList<>();

    private Nodes() {}

    /** Every node once, operands before what is computed from them. */
    static List<Expression> of(Expression root) {
        Nodes nodes = new Nodes();
        nodes.visit(root);
        return nodes.found;
    }

    private void visit(Expression node) {
        if (seen.add(node)) {
            if (node instanceof Expression.Computed computed) {
                computed.operands().forEach(this::visit);
            }
            found.add(node);
        }
    }
}
