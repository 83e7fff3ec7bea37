package io.graft.torchscript;

import io.graft.model.Applied;
import io.graft.model.DraftTensor;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import io.graft.torchscript.code.CodeEvaluator;
import io.graft.torchscript.code.CodeEvaluator.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The code of a method that computes a parametrized tensor.
 *
 * @param base how the tensor below all parametrizations is read
 * @param owned how a tensor of the state dict is read that a parametrization owns, by its name
 * @param stored how a tensor is read that lies somewhere
 */
record WeightCode(String base, Function<String, String> owned, Function<LazyTensor, String> stored) {
    /** The body of the method. */
    List<String> of(DraftTensor tensor) {
        CodeEvaluator code = new CodeEvaluator();
        Term value = tensor.storage().isPresent() ? null : code.read(base, tensor.dtype());
        for (Applied applied : tensor.parametrizations()) {
            if (applied.isActive()) {
                value = value(code, tensor, applied, value);
            }
        }
        Term typed = code.as(tensor.dtype(), value);
        List<String> body = new ArrayList<>(code.statements());
        body.add("return " + typed.text());
        return body;
    }

    private Term value(CodeEvaluator code, DraftTensor tensor, Applied applied, Term below) {
        Expression.Below type = new Expression.Below(tensor.shape(), below == null ? tensor.dtype() : below.dtype());
        return code.evaluate(applied.form(type).value(), new CodeEvaluator.Leaves() {
            @Override
            public Term below() {
                return below;
            }

            @Override
            public String owned(Expression.Owned leaf) {
                String read = owned.apply(applied.owned().get(leaf.slot()).name());
                // A copy, so that the engine does not run a graph with gradients in inference.
                return leaf.dtype().isFloatingPoint() ? "torch.clone(" + read + ")" : read;
            }

            @Override
            public String stored(Expression.Stored leaf) {
                return stored.apply(leaf.value());
            }
        });
    }
}
