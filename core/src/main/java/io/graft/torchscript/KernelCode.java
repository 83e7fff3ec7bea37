package io.graft.torchscript;

import io.graft.checkpoint.layout.IntegerCodes;
import io.graft.model.DraftTensor;
import io.graft.model.parametrization.Form.ScaledCodes;
import io.graft.model.parametrization.Form.ScaledCodes.Kernel;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Expressions;
import io.graft.torchscript.code.CodeEvaluator;
import io.graft.torchscript.code.CodeEvaluator.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The code of a product of inputs with a stored weight, by kernels for its codes where nobody asks for gradients.
 *
 * @param rows of the weight
 * @param columns of the weight
 * @param kernels that run, the one for the fewest inputs first
 * @param statements that come before the codes and scales are read
 * @param group columns that have a scale in common, of codes that are packed; 0 of those that are not
 * @param codes how the codes are read, {@code [rows, columns]} or packed
 * @param scales how a scale for each row is read, {@code [rows]}; or those of packed codes, as they are with them
 * @param offsets how an offset for each row is read, {@code [rows]}; empty if there are none, or if they are with packed codes
 */
record KernelCode(
        long rows,
        long columns,
        List<Kernel> kernels,
        List<String> statements,
        long group,
        String codes,
        String scales,
        Optional<String> offsets) {
    /** From so many rows of inputs on, rounding them costs less than it saves. */
    static final int MANY = 4;

    /** Weights of more elements are read slower than inputs are rounded. */
    private static final long LARGE = 1 << 20;

    /** The kernels that a tensor's storage may be run by, in the order of {@link #kernels}; none if it has to be dequantized. */
    static List<Kernel> kernels(DraftTensor tensor) {
        Optional<ScaledCodes> form = form(tensor);
        if (form.isEmpty() || form.get().kernel() == Kernel.NONE) {
            return List.of();
        }
        Shape shape = tensor.shape();
        List<Kernel> all = new ArrayList<>();
        if (form.get().integers().bits() == 4) {
            return form.get().kernel() == Kernel.DYNAMIC ? all : List.of(Kernel.WEIGHT_ONLY);
        }
        for (Kernel kernel : List.of(Kernel.WEIGHT_ONLY, Kernel.DYNAMIC)) {
            if (kernel.takes(Byte.SIZE, shape.dimension(0), shape.dimension(1), shape.dimension(1))) {
                all.add(kernel);
            }
        }
        if (form.get().kernel() != Kernel.FASTEST) {
            all.retainAll(List.of(form.get().kernel()));
        } else if (shape.elementCount() >= LARGE && all.contains(Kernel.DYNAMIC)) {
            all.remove(Kernel.WEIGHT_ONLY);
        }
        return all;
    }

    /** The codes of 4 bits that are packed when the program is loaded; empty if there are none. */
    static Optional<PackedCodes> packed(DraftTensor tensor) {
        return form(tensor)
                .filter(form -> form.integers().bits() == 4)
                .map(form -> PackedCodes.of(form, tensor.shape()));
    }

    /** What kernels take. */
    private static Optional<ScaledCodes> form(DraftTensor tensor) {
        return codes(tensor)
                .filter(codes -> tensor.dtype() == DType.F32 && tensor.shape().rank() == 2)
                .filter(codes -> isBytes(codes, tensor.shape()) || PackedCodes.fit(codes, tensor.shape()));
    }

    /** How a tensor is stored, if as integers with scales. */
    static Optional<ScaledCodes> codes(DraftTensor tensor) {
        Expression.Below below = new Expression.Below(tensor.shape(), tensor.dtype());
        return tensor.storage()
                .map(storage -> storage.parametrization().form(below))
                .filter(ScaledCodes.class::isInstance)
                .map(ScaledCodes.class::cast);
    }

    /** Bytes with one scale for each row, or for all, and perhaps as many offsets. */
    private static boolean isBytes(ScaledCodes form, Shape weight) {
        IntegerCodes integers = form.integers();
        return integers.bits() == Byte.SIZE
                && integers.codes().dtype() == DType.I8
                && integers.codes() instanceof Expression.Owned
                && integers.codes().shape().equals(weight)
                && isOfRows(scale(integers), weight)
                && integers.offset().filter(offset -> !isOfRows(offset, weight)).isEmpty();
    }

    /** All scales as one. */
    static Expression scale(IntegerCodes integers) {
        return integers.scales().stream().reduce(Expressions::multiply).orElse(Expressions.constant(1));
    }

    private static boolean isOfRows(Expression each, Shape weight) {
        return each.shape().equals(Shape.of(weight.dimension(0), 1)) || isOne(each);
    }

    /** Whether the whole weight has one. */
    private static boolean isOne(Expression each) {
        return each.shape().elementCount() == 1 && !(each instanceof Expression.Constant);
    }

    /**
     * @param code gets what reads the codes and scales
     * @param leaves how it reads what the storage owns
     * @param packed how the object is read that has packed codes, where there is one
     */
    static KernelCode of(DraftTensor tensor, CodeEvaluator code, CodeEvaluator.Leaves leaves, String packed) {
        IntegerCodes integers = form(tensor).orElseThrow().integers();
        long rows = tensor.shape().dimension(0);
        long columns = tensor.shape().dimension(1);
        Optional<PackedCodes> digits = packed(tensor);
        if (digits.isPresent()) {
            Term object = code.read(packed, DType.U8);
            return new KernelCode(
                    rows,
                    columns,
                    kernels(tensor),
                    code.statements(),
                    digits.get().group(),
                    object.text() + "." + PackedCodes.PACKED,
                    object.text() + "." + PackedCodes.STEPS,
                    Optional.empty());
        }
        Term codes = code.evaluate(integers.codes(), leaves);
        String scales = ofRows(scale(integers), rows, code, leaves);
        Optional<String> offsets = integers.offset().map(offset -> ofRows(offset, rows, code, leaves));
        return new KernelCode(rows, columns, kernels(tensor), code.statements(), 0, codes.text(), scales, offsets);
    }

    private static String ofRows(Expression each, long rows, CodeEvaluator code, CodeEvaluator.Leaves leaves) {
        Shape length = Shape.of(isOne(each) ? 1 : rows);
        Term numbers = code.as(DType.F32, code.evaluate(Expressions.reshape(each, length), leaves));
        return isOne(each)
                ? code.read("torch.contiguous(torch.expand(" + numbers.text() + ", [" + rows + "]))", DType.F32)
                        .text()
                : numbers.text();
    }

    /**
     * The body of the method.
     *
     * @param exact how the weight is computed
     * @param input what is multiplied
     * @param bias what is added, or none
     * @param training how it is read whether the module is in training
     */
    List<String> body(String exact, String input, String bias, String training) {
        List<String> body = new ArrayList<>();
        // The engine's `and` binds no closer than its `or`.
        body.add("graft_exact = " + training + " or (torch.is_grad_enabled() and ops.prim.requires_grad(" + input
                + "))");
        body.add("graft_fits = ops.prim.is_cpu(" + input + ") and ops.prim.dtype(" + input + ") == 6 and torch.numel("
                + input + ") > 0");
        body.add("if graft_exact or not graft_fits:");
        body.add("  graft_product = torch.linear(" + input + ", " + exact + ", " + bias + ")");
        body.add("else:");
        indent(body, statements);
        body.add("  graft_inputs = torch.contiguous(torch.reshape(" + input + ", [-1, " + columns + "]))");
        if (kernels.size() == 1) {
            indent(body, kernel(kernels.get(0)));
        } else {
            body.add("  if torch.size(graft_inputs, 0) < " + MANY + ":");
            indent(body, indented(kernel(kernels.get(0))));
            body.add("  else:");
            indent(body, indented(kernel(kernels.get(1))));
        }
        body.add("  graft_size = torch.size(" + input + ")");
        body.add("  graft_last = torch._set_item(graft_size, -1, " + rows + ")");
        body.add("  if " + bias + " is not None:");
        body.add("    graft_products = torch.add_(graft_products, " + bias + ")");
        body.add("  graft_product = torch.reshape(graft_products, graft_size)");
        body.add("return graft_product");
        return body;
    }

    private static void indent(List<String> body, List<String> lines) {
        body.addAll(indented(lines));
    }

    private static List<String> indented(List<String> lines) {
        return lines.stream().map(line -> "  " + line).toList();
    }

    /** What is computed in place is nobody else's. */
    private List<String> kernel(Kernel kernel) {
        return switch (kernel) {
            case WEIGHT_ONLY -> weightOnly();
            case DYNAMIC -> {
                List<String> lines = new ArrayList<>(List.of(
                        "graft_magnitudes = torch.abs(graft_inputs)",
                        "graft_most = torch.amax(graft_magnitudes, [-1], True)",
                        "graft_steps = torch.clamp_min(torch.div(graft_most, 127.), 1e-30)",
                        "graft_multiples = torch.div(graft_inputs, graft_steps, out=graft_magnitudes)",
                        "graft_rounded = torch.round_(graft_multiples)",
                        "graft_sums = torch._int_mm(torch.to(graft_rounded, 1), torch.t(" + codes + "))",
                        "graft_products = torch.mul_(torch.mul(graft_sums, graft_steps), " + scales + ")"));
                lines.addAll(withOffsets("torch.mul(torch.sum(graft_rounded, [-1], True), graft_steps)"));
                yield lines;
            }
            case FASTEST, NONE -> throw new AssertionError(kernel);
        };
    }

    private List<String> weightOnly() {
        List<String> lines = new ArrayList<>(List.of("graft_narrow = torch.to(graft_inputs, 15)"));
        if (group > 0) {
            lines.add("graft_halves = torch._weight_int4pack_mm_for_cpu(graft_narrow, " + codes + ", " + group + ", "
                    + scales + ")");
            lines.add("graft_products = torch.to(graft_halves, 6)");
        } else if (offsets.isEmpty()) {
            lines.add("graft_halves = torch._weight_int8pack_mm(graft_narrow, " + codes + ", torch.to(" + scales
                    + ", 15))");
            lines.add("graft_products = torch.to(graft_halves, 6)");
        } else {
            // Scales that are rounded by themselves would not belong to their offsets any more.
            lines.add("graft_ones = torch.to(torch.ones_like(" + scales + "), 15)");
            lines.add("graft_halves = torch._weight_int8pack_mm(graft_narrow, " + codes + ", graft_ones)");
            lines.add("graft_products = torch.mul_(torch.to(graft_halves, 6), " + scales + ")");
            lines.addAll(withOffsets("torch.sum(graft_narrow, [-1], True, dtype=6)"));
        }
        return lines;
    }

    /**
     * @param sums of the inputs, as they are multiplied with the codes
     */
    private List<String> withOffsets(String sums) {
        return offsets.stream()
                .map(each -> "graft_products = torch.addcmul_(graft_products, " + sums + ", " + each + ")")
                .toList();
    }
}
