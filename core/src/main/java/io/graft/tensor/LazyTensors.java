package io.graft.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongToDoubleFunction;

/**
 * Makes tensors, for modifiers: by place, of others element by element, a statistic over axes, several from one computation. All are lazy:
 * nothing is read when they are made. Those that {@link #combine} makes are computed window by window, by as many threads as write
 * them, so that they take no memory to speak of; {@link #reduce} reads on all processors.
 *
 * <p>What is arithmetic, {@link io.graft.tensor.expression.Expressions} can say, too; then it also trains.
 */
public final class LazyTensors {
    private LazyTensors() {}

    /** Computes some elements of a tensor from those at the same places of others; by several threads at once. */
    @FunctionalInterface
    public interface Combination {
        /**
         * Computes.
         *
         * @param first place of the first element in the tensors
         * @param count how many
         * @param inputs the elements of each tensor
         * @param result gets them, by way of {@link ElementBlock#floats} or {@link ElementBlock#doubles}
         * @throws IOException if something else cannot be read that they depend on
         */
        void combine(long first, int count, List<ElementBlock> inputs, ElementBlock result) throws IOException;
    }

    /**
     * A statistic that is made of partial ones.
     *
     * @param <A> a partial one
     */
    public interface Reduction<A> {
        /** The statistic of no elements. */
        A start();

        /**
         * Adds elements to a statistic, and returns that or another.
         *
         * @param first place of the first element; places go on from one tensor to the next
         */
        A add(A sofar, long first, ElementBlock block, int count);

        /** The statistic of what came before and of what comes after. */
        A merge(A before, A after);
    }

    /** A statistic in one number, which elements are added to one after the other. */
    public interface Fold {
        /** The statistic of no elements. */
        double start();

        /** Adds an element. */
        double add(double sofar, double element);

        /** The statistic of what came before and of what comes after. */
        double merge(double before, double after);

        /** The result, when all elements were added. */
        default double end(double all) {
            return all;
        }
    }

    /** Computes several tensors at once. */
    @FunctionalInterface
    public interface Joint {
        /**
         * The bytes of all outputs, in their order.
         *
         * @throws IOException if the inputs cannot be read
         */
        List<TensorData> compute() throws IOException;
    }

    /**
     * One of several tensors that come from one computation.
     *
     * @param operation what is done, in a few words
     */
    public record Output(String operation, DType dtype, Shape shape) {}

    /**
     * All numbers of a dtype, in the order of their bits: what its codes stand for, in a table.
     *
     * @param dtype of 8 or 16 bits
     * @throws IllegalArgumentException if it has others
     */
    public static LazyTensor everyValue(DType dtype) {
        return new EveryValue(dtype);
    }

    /**
     * Values by their places, such as zeros or a random start. They are computed block by block whenever the tensor is read, by several
     * threads.
     *
     * @param operation what they are, in a few words
     * @param element the value of an element by its place, row by row; it depends on the place alone
     * @throws IllegalArgumentException if numbers cannot be converted to the dtype
     */
    public static LazyTensor generate(String operation, DType dtype, Shape shape, LongToDoubleFunction element) {
        return new GeneratedTensor(operation, dtype, shape, element);
    }

    /** A tensor computed from others of its shape, element by element. */
    public static ComputedTensor combine(String operation, List<LazyTensor> inputs, Combination combination) {
        return combine(operation, inputs, List.of(), combination);
    }

    /**
     * A tensor computed from others of its shape, element by element: in 32 bits, in 64 if one of them is of 64.
     *
     * @param operation what is done, in a few words
     * @param inputs at least one; whose elements the combination gets
     * @param others what the combination depends on otherwise, such as a threshold over several tensors; any shape
     * @throws IllegalArgumentException if there are no inputs, or if they differ in shape
     */
    public static ComputedTensor combine(
            String operation, List<LazyTensor> inputs, List<LazyTensor> others, Combination combination) {
        return new CombinedTensor(operation, inputs, others, combination);
    }

    /**
     * A statistic over some axes, which stay with a length of 1: in 64 bits, rounded to 32 unless the tensor has 64. Elements are added
     * in their order, in parts that depend on the shape alone, so that the result does not depend on the machine.
     *
     * @param operation what is done, in a few words
     * @param axes outermost is 0; all of them for a statistic of the tensor
     * @throws IllegalArgumentException if there is no such axis
     */
    public static ComputedTensor reduce(String operation, LazyTensor tensor, List<Integer> axes, Fold fold) {
        return new ReducedTensor(operation, tensor, axes, fold);
    }

    /**
     * A statistic over all elements of some tensors, which are read now. So call it when values are computed, never while planning.
     * Parts that depend on the shapes alone are merged in order.
     *
     * @throws IOException if the tensors cannot be read
     */
    public static <A> A reduce(List<LazyTensor> tensors, Reduction<A> reduction) throws IOException {
        A all = reduction.start();
        long first = 0;
        for (LazyTensor tensor : tensors) {
            all = reduction.merge(all, new Reducing<>(tensor, reduction, first).reduce());
            first += tensor.shape().elementCount();
        }
        return all;
    }

    /**
     * Several tensors that come from one computation, such as codes and their scales. It runs when the first of them is read, and once
     * however many are read, as long as memory suffices to keep what is not read yet.
     *
     * @param inputs all that it reads
     */
    public static List<ComputedTensor> joint(List<LazyTensor> inputs, List<Output> outputs, Joint joint) {
        return JointTensor.of(inputs, outputs, joint);
    }

    /**
     * All elements of a tensor, which had better be small, as 32-bit numbers.
     *
     * @throws IOException if they cannot be read
     */
    public static float[] floats(LazyTensor tensor) throws IOException {
        float[] all = new float[Math.toIntExact(tensor.shape().elementCount())];
        read(
                tensor.materialize(),
                tensor.dtype(),
                0,
                all.length,
                (first, block, count) -> System.arraycopy(block.floats(), 0, all, (int) first, count));
        return all;
    }

    /** Takes elements that were read. */
    interface Visitor {
        void visit(long first, ElementBlock block, int count);
    }

    /** Reads elements in order. */
    static void read(TensorData data, DType dtype, long first, long end, Visitor visitor) throws IOException {
        int step = 1 << 17;
        ByteBuffer room = ByteBuffer.allocate(0);
        ElementBlock block = new ElementBlock(end - first);
        for (long at = first; at < end; at += step) {
            int count = (int) Math.min(step, end - at);
            TensorData.Elements elements = data.elements(dtype, at, count, room);
            for (int done = 0; done < count; ) {
                int next = Math.min(block.capacity(), count - done);
                elements.next(block, next);
                visitor.visit(at + done, block, next);
                done += next;
            }
        }
    }

    /** F64 where a tensor has it, else F32. */
    static DType computing(List<LazyTensor> tensors) {
        return tensors.stream().anyMatch(tensor -> tensor.dtype() == DType.F64) ? DType.F64 : DType.F32;
    }

    /** A statistic of one tensor. */
    private record Reducing<A>(LazyTensor tensor, Reduction<A> reduction, long place) {
        /** Elements of a part; some parts are in memory at once. */
        private static final long PART = 1 << 20;

        private static final int TOGETHER = 16;

        A reduce() throws IOException {
            TensorData data = tensor.materialize();
            long count = tensor.shape().elementCount();
            A all = reduction.start();
            for (long start = 0; start < count; start += TOGETHER * PART) {
                long from = start;
                List<A> parts = new ArrayList<>();
                for (int i = 0; i < TOGETHER; i++) {
                    parts.add(null);
                }
                ElementRanges.forEach(
                        Math.min(TOGETHER * PART, count - start),
                        PART,
                        data.isDivisible(),
                        (first, end) -> parts.set((int) (first / PART), part(data, from + first, from + end)));
                for (A part : parts) {
                    all = part == null ? all : reduction.merge(all, part);
                }
            }
            return all;
        }

        private A part(TensorData data, long first, long end) throws IOException {
            List<A> sofar = new ArrayList<>(Arrays.asList(reduction.start()));
            read(
                    data,
                    tensor.dtype(),
                    first,
                    end,
                    (at, block, count) -> sofar.set(0, reduction.add(sofar.get(0), place + at, block, count)));
            return sofar.get(0);
        }
    }
}
