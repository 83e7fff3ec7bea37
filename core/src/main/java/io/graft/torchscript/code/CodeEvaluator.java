package io.graft.torchscript.code;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Evaluator;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Operation;
import io.graft.tensor.expression.RowExpression;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes expressions as statements of a TorchScript method. Integers become floating-point numbers before anything is computed with
 * them: in archives of an old version their division would be another one.
 */
public final class CodeEvaluator implements Evaluator<CodeEvaluator.Term> {
    /** What PyTorch calls its dtypes in code. */
    private static final Map<DType, Integer> CODES = Map.ofEntries(
            Map.entry(DType.U8, 0),
            Map.entry(DType.I8, 1),
            Map.entry(DType.I16, 2),
            Map.entry(DType.I32, 3),
            Map.entry(DType.I64, 4),
            Map.entry(DType.F16, 5),
            Map.entry(DType.F32, 6),
            Map.entry(DType.F64, 7),
            Map.entry(DType.BOOL, 11),
            Map.entry(DType.BF16, 15),
            Map.entry(DType.F8_E5M2, 23),
            Map.entry(DType.F8_E4M3, 24));

    private final List<String> statements = new ArrayList<>();
    private Leaves leaves;
    private boolean ofRows;

    /** How code reads the tensors that an expression is about. */
    public interface Leaves {
        Term below();

        String owned(Expression.Owned owned);

        String stored(Expression.Stored stored);
    }

    /**
     * A value in code.
     *
     * @param text a variable, or a number
     * @param number whether it is a number, which has no dtype of its own
     */
    public record Term(String text, DType dtype, boolean number) {}

    /** Of one method. */
    public CodeEvaluator() {}

    /** Writes an expression, behind what was written before. */
    public Term evaluate(Expression root, Leaves of) {
        leaves = of;
        return evaluate(root);
    }

    /** Writes {@link RowExpression#rows}, whose leaves have as many rows as are looked up. */
    public Term evaluateRows(Expression root, Leaves of) {
        ofRows = true;
        try {
            return evaluate(root, of);
        } finally {
            ofRows = false;
        }
    }

    /** A value that code reads. */
    public Term read(String text, DType dtype) {
        return let(text, dtype);
    }

    /** The statements so far, each on a line of its own, without indentation. */
    public List<String> statements() {
        return List.copyOf(statements);
    }

    /** The first thing in an expression that code cannot do, as a part of a sentence; empty if it can do all. */
    public static Optional<String> limit(Expression value) {
        return value.nodes().stream()
                .filter(Expression.Computed.class::isInstance)
                .map(node -> ((Expression.Computed) node).operation())
                .filter(operation -> operation instanceof Operation.Cast cast && !CODES.containsKey(cast.to()))
                .findFirst()
                .map(cast -> "casts to " + ((Operation.Cast) cast).to());
    }

    @Override
    public Term below(Expression.Below below) {
        return leaves.below();
    }

    @Override
    public Term owned(Expression.Owned owned) {
        return let(leaves.owned(owned), owned.dtype());
    }

    @Override
    public Term stored(Expression.Stored stored) {
        return let(leaves.stored(stored), stored.dtype());
    }

    @Override
    public Term constant(Expression.Constant constant) {
        return new Term(number(constant.value()), DType.F32, true);
    }

    @Override
    public Term arithmetic(Operation.Arithmetic operation, Term left, Term right) {
        DType dtype = computing(left, right);
        if (operation == Operation.Arithmetic.MULTIPLY
                && right.number()
                && right.text().equals(number(1))) {
            return as(dtype, left);
        }
        boolean commutes = operation == Operation.Arithmetic.ADD || operation == Operation.Arithmetic.MULTIPLY;
        // A number can only stand on the right.
        boolean exchanged = left.number() && !right.number() && commutes;
        Term first = exchanged ? right : left;
        Term second = exchanged ? left : right;
        if (first.number()) {
            first = second.number()
                    ? let("torch.tensor(" + first.text() + ")", dtype)
                    : let("torch.add(torch.zeros_like(" + as(dtype, second).text() + "), " + first.text() + ")", dtype);
        }
        String name = switch (operation) {
            case ADD -> "add";
            case SUBTRACT -> "sub";
            case MULTIPLY -> "mul";
            case DIVIDE -> "div";
        };
        return let(call(name, as(dtype, first).text(), as(dtype, second).text()), dtype);
    }

    @Override
    public Term function(Operation.Function function, Term operand) {
        if (function == Operation.Function.DETACH) {
            return let(call("detach", operand.text()), operand.dtype());
        }
        DType dtype = computing(operand);
        String name = switch (function) {
            case SQRT -> "sqrt";
            case EXP -> "exp";
            case INVERSE -> "inverse";
            case DETACH -> throw new AssertionError(function);
        };
        return let(call(name, as(dtype, operand).text()), dtype);
    }

    @Override
    public Term matMul(Term left, Term right) {
        DType dtype = computing(left, right);
        return let(call("matmul", as(dtype, left).text(), as(dtype, right).text()), dtype);
    }

    @Override
    public Term reshape(Shape to, Term operand) {
        return let(call("reshape", operand.text(), ofRows ? rows(to) : list(to.dimensions())), operand.dtype());
    }

    /** A shape of any number of rows, as code has it. */
    public static String rows(Shape shape) {
        List<Long> sizes = new ArrayList<>(shape.dimensions());
        if (!sizes.isEmpty()) {
            sizes.set(0, -1L);
        }
        return list(sizes);
    }

    @Override
    public Term permute(List<Integer> axes, Term operand) {
        return let(call("permute", operand.text(), list(axes)), operand.dtype());
    }

    @Override
    public Term slice(int axis, long from, long length, Term operand) {
        return let(
                call(
                        "slice",
                        operand.text(),
                        String.valueOf(axis),
                        String.valueOf(from),
                        String.valueOf(from + length)),
                operand.dtype());
    }

    @Override
    public Term concat(int axis, List<Term> operands) {
        boolean same = operands.stream().map(Term::dtype).distinct().count() == 1;
        DType dtype = same ? operands.get(0).dtype() : computing(operands.toArray(Term[]::new));
        List<String> parts =
                operands.stream().map(operand -> as(dtype, operand).text()).toList();
        return let(call("cat", list(parts), String.valueOf(axis)), dtype);
    }

    @Override
    public Term repeat(int axis, long times, long length, Term operand) {
        Term repeated = let(
                call("repeat_interleave", operand.text(), String.valueOf(times), String.valueOf(axis)),
                operand.dtype());
        return slice(axis, 0, length, repeated);
    }

    @Override
    public Term norm(List<Integer> axes, Term operand) {
        DType dtype = computing(operand);
        return let(call("norm", as(dtype, operand).text(), "2", list(axes), "True"), dtype);
    }

    @Override
    public Term cast(DType to, Term operand) {
        return as(to, operand);
    }

    @Override
    public Term lookup(Term table, Term indices) {
        String index = as(DType.I64, indices).text();
        return let(call("index", table.text(), "annotate(List[Optional[Tensor]], [" + index + "])"), table.dtype());
    }

    /** Words are shifted and masked as 64-bit numbers; what the sign brings in is masked away. */
    @Override
    public Term unpack(int bits, boolean highFirst, Shape to, Term integers) {
        int width = integers.dtype().bits();
        Term words = as(DType.I64, integers);
        boolean whole = width % bits == 0;
        int digit = whole ? bits : 1;
        int count = width / digit;
        List<String> digits = new ArrayList<>();
        for (int place = 0; place < count; place++) {
            int shift = (highFirst ? count - 1 - place : place) * digit;
            Term shifted = let(call("bitwise_right_shift", words.text(), String.valueOf(shift)), DType.I64);
            digits.add(let(call("bitwise_and", shifted.text(), String.valueOf((1L << digit) - 1)), DType.I64)
                    .text());
        }
        Term stacked = let(call("stack", list(digits), "-1"), DType.I64);
        Term row = let(call("flatten", stacked.text(), "-2", "-1"), DType.I64);
        int last = to.rank() - 1;
        long length = to.dimension(last);
        if (whole) {
            return as(DType.I32, slice(last, 0, length, row));
        }
        List<Long> apart = new ArrayList<>(to.dimensions());
        apart.add((long) bits);
        Term fields = reshape(new Shape(apart), slice(last, 0, length * bits, row));
        Term sum = null;
        for (int place = 0; place < bits; place++) {
            int shift = highFirst ? bits - 1 - place : place;
            Term bit = let(call("select", fields.text(), "-1", String.valueOf(place)), DType.I64);
            Term weighted = let(call("mul", bit.text(), String.valueOf(1L << shift)), DType.I64);
            sum = sum == null ? weighted : let(call("add", sum.text(), weighted.text()), DType.I64);
        }
        return as(DType.I32, sum);
    }

    /** The same values in another dtype. */
    public Term as(DType dtype, Term operand) {
        return operand.number() || operand.dtype() == dtype
                ? operand
                : let(call("to", operand.text(), String.valueOf(CODES.get(dtype))), dtype);
    }

    private static DType computing(Term... operands) {
        for (Term operand : operands) {
            if (operand.dtype() == DType.F64 && !operand.number()) {
                return DType.F64;
            }
        }
        return DType.F32;
    }

    private Term let(String value, DType dtype) {
        String name = "graft_" + statements.size();
        statements.add(name + " = " + value);
        return new Term(name, dtype, false);
    }

    private static String call(String function, String... arguments) {
        return "torch." + function + "(" + String.join(", ", arguments) + ")";
    }

    private static String list(List<?> items) {
        return "[" + String.join(", ", items.stream().map(String::valueOf).toList()) + "]";
    }

    /** With a point or an exponent, which is what makes it no integer. */
    static String number(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return "float(\"" + (Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf") + "\")";
        }
        return String.valueOf(value).replace('E', 'e');
    }
}
