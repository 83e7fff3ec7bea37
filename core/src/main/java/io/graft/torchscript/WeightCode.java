package io.graft.torchscript;

import io.graft.model.Applied;
import io.graft.model.DraftTensor;
import io.graft.model.Form;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Operation;
import io.graft.torchscript.code.CodeEvaluator;
import io.graft.torchscript.code.CodeEvaluator.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The code of a method that computes a parametrized tensor.
 *
 * @param base how the tensor below all parametrizations is read
 * @param owned how a tensor of the state dict is read that a parametrization owns, by its name
 * @param stored how a tensor is read that lies somewhere
 */
record WeightCode(String base, Function<String, String> owned, Function<LazyTensor, String> stored) {
    /**
     * The body of the method.
     *
     * @param applied those of its parametrizations that count, first applied first
     */
    List<String> of(DraftTensor tensor, List<Applied> applied) {
        CodeEvaluator code = new CodeEvaluator();
        Term value = tensor.storage().isPresent() ? null : code.read(base, tensor.dtype());
        for (Applied each : applied) {
            value = value(code, tensor, each, value);
        }
        return returning(code, code.as(tensor.dtype(), value));
    }

    /**
     * The body of a method that adds products of low rank to what another one gives.
     *
     * @param inner how the other one is called
     * @param input its input
     * @param training how it is read whether the module is in training
     */
    List<String> around(DraftTensor tensor, List<Applied> branches, String inner, String input, String training) {
        CodeEvaluator code = new CodeEvaluator();
        Term sum = code.read(inner, tensor.dtype());
        for (Applied each : branches) {
            Form.LowRank form = lowRank(tensor, each).orElseThrow();
            CodeEvaluator.Leaves leaves = leaves(each, null);
            Term right = code.evaluate(form.right(), leaves);
            Term left = code.evaluate(form.left(), leaves);
            String seen = form.inputDropout() == 0
                    ? input
                    : "torch.dropout(" + input + ", " + form.inputDropout() + ", " + training + ")";
            Term narrow = code.read("torch.linear(" + seen + ", " + right.text() + ")", tensor.dtype());
            Term wide = code.read("torch.linear(" + narrow.text() + ", " + left.text() + ")", tensor.dtype());
            Term scaled = code.arithmetic(
                    Operation.Arithmetic.MULTIPLY, wide, code.constant(new Expression.Constant(form.scale())));
            sum = code.arithmetic(Operation.Arithmetic.ADD, sum, scaled);
        }
        return returning(code, sum);
    }

    /** A parametrization as a product of low rank that a layer can run beside its weight; empty if it is none. */
    static Optional<Form.LowRank> lowRank(DraftTensor tensor, Applied applied) {
        return applied.form(new Expression.Below(tensor.shape(), tensor.dtype())) instanceof Form.LowRank form
                        && tensor.shape().rank() == 2
                        && isFactor(form.left(), tensor)
                        && isFactor(form.right(), tensor)
                        && form.left().shape().dimension(0) == tensor.shape().dimension(0)
                ? Optional.of(form)
                : Optional.empty();
    }

    private static boolean isFactor(Expression factor, DraftTensor tensor) {
        return factor.shape().rank() == 2
                && factor.dtype() == tensor.dtype()
                && !factor.anyMatch(Expression.Below.class::isInstance);
    }

    private static List<String> returning(CodeEvaluator code, Term value) {
        List<String> body = new ArrayList<>(code.statements());
        body.add("return " + value.text());
        return body;
    }

    private Term value(CodeEvaluator code, DraftTensor tensor, Applied applied, Term below) {
        Expression.Below type = new Expression.Below(tensor.shape(), below == null ? tensor.dtype() : below.dtype());
        return code.evaluate(applied.form(type).value(), leaves(applied, below));
    }

    private CodeEvaluator.Leaves leaves(Applied applied, Term below) {
        return new CodeEvaluator.Leaves() {
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
        };
    }
}
