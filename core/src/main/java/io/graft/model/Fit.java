package io.graft.model;

import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.parametrization.Role;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import java.util.List;

/** Whether a parametrization can stand on a tensor: what it computes, and what it computes that from. */
final class Fit {
    private Fit() {}

    /**
     * @throws IllegalArgumentException if it does not fit; the message names both
     */
    static void require(Parametrization parametrization, List<OwnedTensor> owned, DraftTensor tensor) {
        Expression value = parametrization.form(tensor.below()).value();
        if (!value.shape().equals(tensor.shape())) {
            throw new IllegalArgumentException(which(parametrization, tensor) + " would change its shape from "
                    + tensor.shape() + " to " + value.shape());
        }
        if (!DTypeConversion.isSupported(value.dtype(), tensor.dtype())) {
            throw new IllegalArgumentException(which(parametrization, tensor) + " gives " + value.dtype()
                    + ", which cannot be converted to " + tensor.dtype());
        }
        if (parametrization.role() == Role.STORAGE && value.anyMatch(Expression.Below.class::isInstance)) {
            throw new IllegalArgumentException(which(parametrization, tensor)
                    + " is a storage, and still computes with what it takes the place of");
        }
        List<Expression> nodes = value.nodes();
        for (int i = 0; i < nodes.size(); i++) {
            Expression node = nodes.get(i);
            if (node instanceof Expression.Owned leaf && !owns(owned, leaf)) {
                throw new IllegalArgumentException(which(parametrization, tensor) + " computes with `" + leaf.slot()
                        + "` of shape " + leaf.shape() + " and " + leaf.dtype() + ", and does not own that");
            }
        }
    }

    private static boolean owns(List<OwnedTensor> owned, Expression.Owned leaf) {
        for (int i = 0; i < owned.size(); i++) {
            OwnedTensor tensor = owned.get(i);
            if (tensor.slot().equals(leaf.slot())) {
                LazyTensor value = tensor.initial();
                return value.dtype() == leaf.dtype() && value.shape().equals(leaf.shape());
            }
        }
        return false;
    }

    private static String which(Parametrization parametrization, DraftTensor tensor) {
        return "`" + parametrization.id() + "` on `" + tensor.name() + "`";
    }
}
