package io.graft.djl.modified;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.graft.checkpoint.layout.IntegerCodes;
import io.graft.djl.array.FreedMemory;
import io.graft.djl.operators.Operator;
import io.graft.djl.operators.Operators;
import io.graft.model.parametrization.Form.ScaledCodes;
import io.graft.model.parametrization.Form.ScaledCodes.Kernel;
import io.graft.tensor.DType;
import io.graft.tensor.expression.Expression;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The codes of a weight as the kernels take them, and which of them runs. */
final class KernelCodes {
    private static final List<Long> GROUPS_OF_4_BITS = List.of(256L, 128L, 64L, 32L);

    private final ScaledCodes form;
    private final NDManager manager;
    private final long rows;
    private final long columns;
    private final Map<Kernel, Product> products = new EnumMap<>(Kernel.class);
    private final List<String> refusals = new ArrayList<>();
    private final NDArray noBias;
    private KernelTimes.Weight weight;
    private long bytes;

    private record Product(Operator operator, NDArray codes, NDArray scales, Optional<NDArray> offsets) {
        NDArray of(NDArray input, NDArray bias) {
            List<NDArray> all = new ArrayList<>(List.of(input, codes, scales, bias));
            offsets.ifPresent(all::add);
            return Operators.run(operator, all.toArray(NDArray[]::new)).singletonOrThrow();
        }
    }

    /**
     * What codes are multiplied with, and what is added.
     *
     * @param scales {@code [rows, groups]}
     * @param offsets {@code [rows, groups]}
     */
    private record Steps(NDArray scales, Optional<NDArray> offsets) {}

    private KernelCodes(ScaledCodes form, NDManager manager) {
        this.form = form;
        this.manager = manager;
        this.rows = form.value().shape().dimension(0);
        this.columns = form.value().shape().dimension(1);
        this.noBias = manager.zeros(new Shape(1));
    }

    /**
     * @param form of the stack
     * @param arrays of what the stack owns; their scope is for what is computed on the way
     * @param manager keeps what the kernels take
     */
    static KernelCodes of(
            ScaledCodes form, ParametrizationStack stack, ParametrizationStack.Arrays arrays, NDManager manager) {
        KernelCodes weight = new KernelCodes(form, manager);
        weight.prepare(stack, arrays);
        return weight;
    }

    private void prepare(ParametrizationStack stack, ParametrizationStack.Arrays arrays) {
        IntegerCodes integers = form.integers();
        int bits = integers.bits();
        io.graft.tensor.Shape shape = integers.codes().shape();
        long group = shape.dimension(shape.rank() - 1);
        List<Operator> operators = bits == 4
                ? List.of(Operator.WEIGHT_ONLY_INT4)
                : List.of(Operator.WEIGHT_ONLY_INT8, Operator.DYNAMIC_INT8);
        long taken = bits == 4 ? group(group) : group;
        List<Operator> fitting = operators.stream()
                .filter(operator -> asks(kernel(operator)) && operator.takes(rows, columns, taken) && isThere(operator))
                .toList();
        Optional<Steps> steps = fitting.isEmpty() ? Optional.empty() : steps(stack, arrays, columns / group);
        if (steps.isPresent()) {
            NDArray codes = stack.part(integers.codes(), arrays)
                    .toType(DataType.INT8, false)
                    .reshape(rows, columns);
            if (bits == 4) {
                packed(codes, steps.get(), group / taken, arrays.scope());
            } else {
                bytes(fitting, codes, steps.get());
            }
        }
        if (!products.isEmpty()) {
            FreedMemory.keep();
        }
        weight = new KernelTimes.Weight(
                bits, rows, columns, taken, Map.copyOf(products).keySet());
    }

    private boolean isThere(Operator operator) {
        Optional<String> refusal = Operators.refusal(operator);
        refusal.filter(reason -> !refusals.contains(reason)).ifPresent(refusals::add);
        return refusal.isEmpty();
    }

    private boolean asks(Kernel kernel) {
        return form.kernel() == Kernel.FASTEST || form.kernel() == kernel;
    }

    private static Kernel kernel(Operator operator) {
        return operator == Operator.DYNAMIC_INT8 ? Kernel.DYNAMIC : Kernel.WEIGHT_ONLY;
    }

    /** The largest group that the kernel for 4 bits takes and that a group consists of; the group itself if there is none. */
    private static long group(long group) {
        return GROUPS_OF_4_BITS.stream()
                .filter(size -> group % size == 0)
                .findFirst()
                .orElse(group);
    }

    /** Empty if scales or offsets are laid out in another way than by rows and groups. */
    private Optional<Steps> steps(ParametrizationStack stack, ParametrizationStack.Arrays arrays, long groups) {
        NDArray product = arrays.scope().ones(new Shape(1, 1));
        for (Expression scale : form.integers().scales()) {
            Optional<NDArray> each = each(scale, stack, arrays, groups);
            if (each.isEmpty()) {
                return Optional.empty();
            }
            product = product.mul(each.get());
        }
        NDArray scales = product.broadcast(rows, groups);
        Optional<Expression> offset = form.integers().offset();
        if (offset.isEmpty()) {
            return Optional.of(new Steps(scales, Optional.empty()));
        }
        return each(offset.get(), stack, arrays, groups)
                .map(offsets -> new Steps(scales, Optional.of(offsets.broadcast(rows, groups))));
    }

    private Optional<NDArray> each(
            Expression part, ParametrizationStack stack, ParametrizationStack.Arrays arrays, long groups) {
        NDArray numbers = stack.part(part, arrays).toType(DataType.FLOAT32, false);
        return Optional.ofNullable(layout(numbers.getShape(), groups)).map(numbers::reshape);
    }

    private @Nullable Shape layout(Shape scale, long groups) {
        if (scale.size() == 1) {
            return new Shape(1, 1);
        }
        if (scale.size() == rows * groups) {
            return new Shape(rows, groups);
        }
        return scale.size() == rows && scale.get(0) == rows ? new Shape(rows, 1) : null;
    }

    private void packed(NDArray codes, Steps steps, long times, NDManager scope) {
        if (!isThere(Operator.PACK_INT4)) {
            return;
        }
        NDList parts = new NDList(codes, repeated(steps.scales(), times));
        steps.offsets().ifPresent(offsets -> parts.add(repeated(offsets, times)));
        parts.attach(scope);
        NDList packed = Operators.run(Operator.PACK_INT4, parts.toArray(NDArray[]::new));
        packed.attach(manager);
        products.put(
                Kernel.WEIGHT_ONLY,
                new Product(Operator.WEIGHT_ONLY_INT4, packed.get(0), packed.get(1), Optional.empty()));
        bytes = packed.get(0).getShape().size() + 2 * packed.get(1).getShape().size();
    }

    private static NDArray repeated(NDArray steps, long times) {
        return times == 1 ? steps : steps.repeat(1, times);
    }

    private void bytes(List<Operator> operators, NDArray codes, Steps steps) {
        NDArray scales = ofRows(steps.scales());
        Optional<NDArray> offsets = steps.offsets().map(this::ofRows);
        codes.attach(manager);
        operators.forEach(operator -> products.put(kernel(operator), new Product(operator, codes, scales, offsets)));
        boolean shared = form.integers().codes() instanceof Expression.Owned owned && owned.dtype() == DType.I8;
        bytes = (shared ? 0 : rows * columns) + Float.BYTES * rows * (offsets.isPresent() ? 2 : 1);
    }

    private NDArray ofRows(NDArray steps) {
        NDArray each = steps.reshape(rows).duplicate();
        each.attach(manager);
        return each;
    }

    /** Bytes that the kernels take beside the codes. */
    long bytes() {
        return bytes;
    }

    /**
     * {@code input @ weight^T + bias}, of the input's manager.
     *
     * @param dequantized multiplies with the numbers
     */
    NDArray product(NDArray input, @Nullable NDArray bias, Supplier<NDArray> dequantized) {
        boolean runs =
                input.getDevice().equals(Device.cpu()) && input.getDataType() == DataType.FLOAT32 && input.size() > 0;
        if (!runs || products.isEmpty()) {
            return dequantized.get();
        }
        Kernel kernel = form.kernel() == Kernel.FASTEST ? fastest(input, bias, dequantized) : form.kernel();
        return run(kernel, input, bias, dequantized);
    }

    private NDArray run(Kernel kernel, NDArray input, @Nullable NDArray bias, Supplier<NDArray> dequantized) {
        Product product = products.get(kernel);
        return product == null ? dequantized.get() : product.of(input, bias == null ? noBias : bias);
    }

    private Kernel fastest(NDArray input, @Nullable NDArray bias, Supplier<NDArray> dequantized) {
        Map<Kernel, Runnable> runs = new EnumMap<>(Kernel.class);
        for (Kernel kernel : products.keySet()) {
            runs.put(kernel, () -> run(kernel, input, bias, dequantized).close());
        }
        runs.put(Kernel.NONE, () -> dequantized.get().close());
        return KernelTimes.fastest(weight, input.size() / columns, runs);
    }

    /** Which kernel runs, in words. */
    String describe() {
        if (products.isEmpty()) {
            return refusals.isEmpty() ? form.dequantized() : "dequantized, as " + refusals.get(0);
        }
        return form.kernel() == Kernel.FASTEST ? measured() : form.kernel().word();
    }

    private String measured() {
        List<String> each = new ArrayList<>();
        KernelTimes.known(weight).forEach((most, kernel) -> each.add(kernel.word() + rows(most)));
        return each.isEmpty() ? "the fastest, which is not measured yet" : String.join(", ", each);
    }

    private static String rows(long most) {
        if (most == Long.MAX_VALUE) {
            return " for more rows";
        }
        return most == 1 ? " for 1 row" : " for up to " + most + " rows";
    }
}
