package io.graft.torchscript;

import io.graft.checkpoint.layout.IntegerCodes;
import io.graft.model.parametrization.Applied;
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
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Codes of 4 bits as the kernel for them reads them. How it wants them lies with the processor, so that they are packed when the program is
 * loaded, by an object that has the stored parts as its state; what it packs is in no file.
 *
 * @param slots what the storage owns of which codes, scales and offsets are computed
 * @param codes {@code [rows, columns]}
 * @param scales {@code [rows, groups]}
 * @param offsets {@code [rows, groups]}, if there are any
 */
record PackedCodes(List<Expression.Owned> slots, Expression codes, Expression scales, Optional<Expression> offsets) {
    /** The field that holds the packed codes. */
    static final String PACKED = "packed";

    /** The field that holds scales and offsets, in the kernel's order. */
    static final String STEPS = "steps";

    private static final String PART = "graft_part_";

    /** Whether there is a kernel for codes. */
    static boolean fit(ScaledCodes form, Shape weight) {
        IntegerCodes integers = form.integers();
        long rows = weight.dimension(0);
        long columns = weight.dimension(1);
        Expression scale = KernelCode.scale(integers);
        long groups = scale.shape().elementCount() / rows;
        return integers.bits() == 4
                && (scale.shape().equals(Shape.of(rows, 1)) || scale.shape().equals(Shape.of(rows, groups, 1)))
                && integers.offset()
                        .filter(each -> !each.shape().equals(scale.shape()))
                        .isEmpty()
                && columns % groups == 0
                && Kernel.WEIGHT_ONLY.takes(4, rows, columns, columns / groups)
                && integers.codes().shape().elementCount() == weight.elementCount()
                && parts(integers)
                        .allMatch(each -> !each.anyMatch(Expression.Stored.class::isInstance)
                                && !each.anyMatch(Expression.Below.class::isInstance));
    }

    /** Codes, scales and offsets. */
    private static Stream<Expression> parts(IntegerCodes integers) {
        return Stream.concat(Stream.of(integers.codes(), KernelCode.scale(integers)), integers.offset().stream());
    }

    /** Of codes that {@link #fit}. */
    static PackedCodes of(ScaledCodes form, Shape weight) {
        IntegerCodes integers = form.integers();
        List<Expression.Owned> slots = parts(integers)
                .flatMap(each -> each.nodes().stream())
                .filter(Expression.Owned.class::isInstance)
                .map(Expression.Owned.class::cast)
                .distinct()
                .toList();
        long rows = weight.dimension(0);
        return new PackedCodes(
                slots,
                Expressions.reshape(integers.codes(), weight),
                grouped(KernelCode.scale(integers), rows),
                integers.offset().map(offset -> grouped(offset, rows)));
    }

    private static Expression grouped(Expression each, long rows) {
        return Expressions.reshape(each, Shape.of(rows, each.shape().elementCount() / rows));
    }

    /** How many columns have a scale in common. */
    long group() {
        return codes.shape().dimension(1) / scales.shape().dimension(1);
    }

    /** The names of the tensors that are the object's state, in order. */
    List<String> state(Applied storage) {
        return slots.stream()
                .map(slot -> storage.owned().get(slot.slot()).name())
                .toList();
    }

    /**
     * The object's class.
     *
     * @param name its last name
     * @param type its full name
     */
    String text(String name, String type) {
        List<String> parts =
                IntStream.range(0, slots.size()).mapToObj(each -> PART + each).toList();
        String state = "Tuple["
                + String.join(", ", slots.stream().map(each -> "Tensor").toList()) + "]";
        List<String> lines = new ArrayList<>(List.of("class " + name + ":"));
        Stream.concat(parts.stream(), Stream.of(PACKED, STEPS)).forEach(field -> lines.add("  " + field + " : Tensor"));
        lines.add("  def __getstate__(self: " + type + ") -> " + state + ":");
        lines.add("    return ("
                + String.join(
                        "", parts.stream().map(part -> "self." + part + ", ").toList()) + ")");
        lines.add("  def __setstate__(self: " + type + ", state: " + state + ") -> NoneType:");
        lines.add(
                "    " + String.join("", parts.stream().map(part -> part + ", ").toList()) + "= state");
        parts.forEach(part -> lines.add("    self." + part + " = " + part));
        // Where they are on another device, nobody asks for them.
        lines.add("    self." + PACKED + " = " + parts.get(0));
        lines.add("    self." + STEPS + " = " + parts.get(0));
        lines.add("    if ops.prim.is_cpu(" + parts.get(0) + "):");
        pack().forEach(line -> lines.add("      " + line));
        lines.add("    return None");
        return String.join("\n", lines) + "\n";
    }

    private List<String> pack() {
        CodeEvaluator code = new CodeEvaluator();
        Term integers = code.as(DType.I32, code.evaluate(codes, new Parts()));
        String steps = turned(code, scales);
        String zeros = offsets.map(each -> turned(code, each)).orElse("torch.zeros_like(" + steps + ")");
        List<String> lines = new ArrayList<>(code.statements());
        lines.add("self." + PACKED + " = torch._convert_weight_to_int4pack_for_cpu(torch.add(" + integers.text()
                + ", 8), 1)");
        lines.add("graft_steps = torch.stack([" + steps + ", " + zeros + "], -1)");
        lines.add("self." + STEPS + " = torch.contiguous(torch.to(graft_steps, 15))");
        return lines;
    }

    private String turned(CodeEvaluator code, Expression each) {
        return code.as(DType.F32, code.evaluate(Expressions.transpose(each), new Parts()))
                .text();
    }

    /** What the state has is all that is read. */
    private final class Parts implements CodeEvaluator.Leaves {
        @Override
        public Term below() {
            throw new AssertionError("a storage stands on nothing");
        }

        @Override
        public String owned(Expression.Owned owned) {
            return PART + slots.indexOf(owned);
        }

        @Override
        public String stored(Expression.Stored stored) {
            throw new AssertionError(stored);
        }
    }
}
