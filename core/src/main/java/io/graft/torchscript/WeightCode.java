package io.graft.torchscript;

import static io.graft.tensor.expression.Expressions.add;
import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.matMul;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.subtract;

import io.graft.model.DraftTensor;
import io.graft.model.parametrization.Applied;
import io.graft.model.parametrization.Form;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.RowExpression;
import io.graft.torchscript.code.CodeEvaluator;
import io.graft.torchscript.code.CodeEvaluator.Term;
import io.graft.torchscript.code.Product;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The code of methods that compute a parametrized tensor, or what a call makes of it.
 *
 * @param owned how a tensor of the state dict is read that a parametrization owns, by its name
 * @param stored how a tensor is read that lies somewhere
 * @param weight how the weight of an adapter is read
 */
record WeightCode(
        Function<String, String> owned, Function<LazyTensor, String> stored, Function<String, String> weight) {
    /** Stands for the weight of an adapter in its expression. */
    private static final Expression.Owned WEIGHT =
            new Expression.Owned("weight of the adapter", Shape.SCALAR, DType.F32);

    /**
     * The body of a method that gives the tensor.
     *
     * @param base how the tensor below all parametrizations is read
     * @param applied those of its parametrizations that count, first applied first
     */
    List<String> whole(DraftTensor tensor, List<Applied> applied, String base) {
        CodeEvaluator code = new CodeEvaluator();
        Term value = tensor.storage().isPresent() ? null : code.read(base, tensor.dtype());
        for (Applied each : applied) {
            Expression.Below below =
                    new Expression.Below(tensor.shape(), value == null ? tensor.dtype() : value.dtype());
            value = code.evaluate(weighted(each, below), leaves(each, value));
        }
        return returning(code, code.as(tensor.dtype(), value));
    }

    /**
     * The body of a method that gives rows of a tensor which {@link #hasRows}.
     *
     * @param applied those of its parametrizations that count, the storage first
     * @param input which rows
     */
    List<String> rows(DraftTensor tensor, List<Applied> applied, String input) {
        CodeEvaluator code = new CodeEvaluator();
        Term numbers = code.read("torch.reshape(torch.to(" + input + ", 4), [-1])", DType.I64);
        Term value = null;
        for (Applied each : applied) {
            Expression.Below below =
                    new Expression.Below(tensor.shape(), value == null ? tensor.dtype() : value.dtype());
            RowExpression rows = RowExpression.of(weighted(each, below)).orElseThrow();
            value = code.evaluateRows(
                    rows.rows(),
                    leaves(each, value, parts(each, rows, tensor.shape().dimension(0), numbers, code)));
        }
        String size = list(tensor.shape().dimensions().subList(1, tensor.shape().rank()));
        Term typed = code.as(tensor.dtype(), value);
        return returning(
                code,
                code.read(
                        "torch.reshape(" + typed.text() + ", torch.add(torch.size(" + input + "), " + size + "))",
                        tensor.dtype()));
    }

    private static String list(List<Long> sizes) {
        return "[" + String.join(", ", sizes.stream().map(String::valueOf).toList()) + "]";
    }

    /** The rows of what has some, by slots. */
    private Map<String, String> parts(
            Applied applied, RowExpression rows, long count, Term numbers, CodeEvaluator code) {
        Map<String, String> parts = new HashMap<>();
        for (Expression node : rows.rows().nodes()) {
            if (node instanceof Expression.Owned leaf && rows.part(leaf.slot()).isPresent()) {
                Expression part = rows.part(leaf.slot()).get();
                // Of what a storage owns, which takes no gradient, no copy is made before.
                boolean read = part instanceof Expression.Owned owned
                        && !owned.equals(WEIGHT)
                        && applied.adapter().isEmpty();
                String whole = read
                        ? owned.apply(applied.owned()
                                .get(((Expression.Owned) part).slot())
                                .name())
                        : code.evaluate(part, leaves(applied, null)).text();
                String matrix = "torch.reshape(" + whole + ", [" + count + ", -1])";
                Term some = code.read("torch.index_select(" + matrix + ", 0, " + numbers.text() + ")", leaf.dtype());
                parts.put(leaf.slot(), "torch.reshape(" + some.text() + ", " + CodeEvaluator.rows(leaf.shape()) + ")");
            }
        }
        return parts;
    }

    /** Whether rows of a tensor that a storage holds can be computed by themselves. */
    static boolean hasRows(DraftTensor tensor, List<Applied> applied) {
        Expression.Below below = new Expression.Below(tensor.shape(), tensor.dtype());
        return tensor.storage().isPresent()
                && applied.stream()
                        .allMatch(
                                each -> RowExpression.of(weighted(each, below)).isPresent());
    }

    private static Expression weighted(Applied applied, Expression.Below below) {
        Form form = applied.parametrization().form(below);
        if (applied.adapter().isEmpty()) {
            return form.value();
        }
        if (form instanceof Form.LowRank lowRank) {
            return add(below, reshape(matMul(lowRank.left(), right(lowRank)), below.shape()));
        }
        return add(below, multiply(subtract(form.value(), below), WEIGHT));
    }

    /** The smaller factor takes all numbers. */
    private static Expression right(Form.LowRank form) {
        return multiply(multiply(form.right(), constant(form.scale())), WEIGHT);
    }

    /**
     * The body of a method that adds products of low rank to what a call gives.
     *
     * @param product what the call computes
     * @param output what it gives
     * @param input what it was given
     * @param training how it is read whether the module is in training
     */
    List<String> beside(
            DraftTensor tensor, List<Applied> branches, Product product, String output, String input, String training) {
        CodeEvaluator code = new CodeEvaluator();
        DType dtype = tensor.dtype();
        String sum = output;
        for (Applied each : branches) {
            Form.LowRank form = lowRank(tensor, each).orElseThrow();
            CodeEvaluator.Leaves leaves = leaves(each, null);
            Term right = code.as(dtype, code.evaluate(right(form), leaves));
            Term left = code.evaluate(form.left(), leaves);
            String seen = form.inputDropout() == 0
                    ? input
                    : "torch.dropout(" + input + ", " + form.inputDropout() + ", " + training + ")";
            List<String> steps = product.steps(seen, left.text(), right.text());
            Term narrow = code.read(steps.get(0), dtype);
            Term wide = code.read(String.format(Locale.ROOT, steps.get(1), narrow.text()), dtype);
            sum = code.read("torch.add(" + sum + ", " + wide.text() + ")", dtype)
                    .text();
        }
        return returning(code, new Term(sum, dtype, false));
    }

    /**
     * The body of a method that multiplies with the tensor, which a storage computes.
     *
     * @param exact how the tensor is computed
     * @param packed how the object is read that has packed codes, where there is one
     * @param input what is multiplied
     * @param bias what is added, or none
     * @param training how it is read whether the module is in training
     */
    List<String> product(DraftTensor tensor, String exact, String packed, String input, String bias, String training) {
        CodeEvaluator code = new CodeEvaluator();
        Applied storage = tensor.parametrizations().get(0);
        KernelCode kernels = KernelCode.of(tensor, code, leaves(storage, null), packed);
        return kernels.body(exact, input, bias, training);
    }

    /** A parametrization as a product of low rank that a layer can run beside its weight; empty if it is none. */
    static Optional<Form.LowRank> lowRank(DraftTensor tensor, Applied applied) {
        return applied.parametrization().form(new Expression.Below(tensor.shape(), tensor.dtype()))
                                instanceof Form.LowRank form
                        && form.runsBeside(tensor.shape(), tensor.dtype())
                ? Optional.of(form)
                : Optional.empty();
    }

    private static List<String> returning(CodeEvaluator code, Term value) {
        List<String> body = new ArrayList<>(code.statements());
        body.add("return " + value.text());
        return body;
    }

    private CodeEvaluator.Leaves leaves(Applied applied, Term below) {
        return leaves(applied, below, Map.of());
    }

    /**
     * @param parts how what is cut into rows is read, by slots
     */
    private CodeEvaluator.Leaves leaves(Applied applied, Term below, Map<String, String> parts) {
        return new CodeEvaluator.Leaves() {
            @Override
            public Term below() {
                return below;
            }

            @Override
            public String owned(Expression.Owned leaf) {
                if (parts.containsKey(leaf.slot())) {
                    return parts.get(leaf.slot());
                }
                if (leaf.equals(WEIGHT)) {
                    // Never trained, whatever flag it is given.
                    return "torch.detach(torch.clone(" + weight.apply(applied.adapter()) + "))";
                }
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
