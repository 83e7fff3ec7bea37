package io.graft.tensor.expression.bands;

import io.graft.tensor.ElementRanges;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.bands.numbers.Inverse;
import io.graft.tensor.expression.bands.numbers.Kind;
import io.graft.tensor.expression.bands.numbers.Numbers;
import io.graft.tensor.expression.bands.numbers.Range;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.IdentityHashMap;

/** Reads the leaves, and computes on all processors what has to be there as a whole; throws {@link UncheckedIOException}. */
final class Computing implements Wholes {
    /** Most elements that are held in memory, of tensors that are not leaves or that an operation needs whole. */
    static final long MOST_IN_MEMORY = 1 << 25;

    private static final long BAND = 1 << 17;

    private final Leaves leaves;
    private final long mostInMemory;
    private final IdentityHashMap<Step, Whole> known = new IdentityHashMap<>();

    Computing(Leaves leaves, long mostInMemory) {
        this.leaves = leaves;
        this.mostInMemory = mostInMemory;
    }

    /** Does something with a range of elements. */
    @FunctionalInterface
    interface Band {
        void compute(Range range) throws IOException;
    }

    @Override
    public Source source(Expression leaf) {
        LazyTensor tensor = leaf.on(leaves).orElseThrow();
        try {
            return new Source(
                    tensor.materialize(),
                    tensor.dtype(),
                    tensor.shape().elementCount(),
                    leaf instanceof Expression.Below);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public Whole whole(String what, Step step, long count) {
        return step.whole()
                .orElseGet(() -> known.computeIfAbsent(step, key -> {
                    try {
                        if (step instanceof Source source
                                && source.kind() == Kind.LONGS
                                && count > BAND
                                && Mapped.canBe(source)) {
                            return Mapped.of(source);
                        }
                        return count <= mostInMemory ? inMemory(step, count) : inFile(step, count);
                    } catch (IOException unreadable) {
                        throw new UncheckedIOException(unreadable);
                    }
                }));
    }

    private static Whole inMemory(Step step, long count) throws IOException {
        Numbers all = Numbers.of(step.kind(), (int) count);
        Program program = new Program(step);
        Bands bands = new Bands(program, step.kind().dtype());
        inBands(
                program,
                count,
                BAND,
                band -> bands.forEach(
                        band, (range, numbers, at) -> all.copy((int) range.first(), numbers, at, (int) range.count())));
        return new Held.Memory(all, count);
    }

    private static Whole inFile(Step step, long count) throws IOException {
        Program program = new Program(step);
        Bands bands = new Bands(program, step.kind().dtype());
        return Spilled.of(
                step.kind(),
                count,
                file -> inBands(
                        program,
                        count,
                        BAND,
                        band -> bands.forEach(band, (range, numbers, at) -> write(file, range, numbers, at))));
    }

    private static void write(FileChannel file, Range range, Numbers numbers, int at) throws IOException {
        int count = (int) range.count();
        ByteBuffer bytes = ByteBuffer.allocate(count * numbers.kind().bytes()).order(ByteOrder.LITTLE_ENDIAN);
        switch (numbers.kind()) {
            case FLOATS -> bytes.asFloatBuffer().put(numbers.floats(), at, count);
            case DOUBLES -> bytes.asDoubleBuffer().put(numbers.doubles(), at, count);
            case LONGS -> bytes.asLongBuffer().put(numbers.longs(), at, count);
        }
        long position = range.first() * numbers.kind().bytes();
        while (bytes.hasRemaining()) {
            file.write(bytes, position + bytes.position());
        }
    }

    @Override
    public Whole norms(Step operand, Shape from, Shape to) {
        try {
            return new Norms(operand, from, to).compute();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public Whole inverses(Step operand, Shape shape) {
        long count = shape.elementCount();
        if (count > mostInMemory) {
            throw new UncheckedIOException(new IOException(
                    "an inverse of " + shape + " is too large: at most " + mostInMemory + " elements can be inverted"));
        }
        int size = (int) shape.dimension(shape.rank() - 1);
        try {
            Numbers matrices = whole("", operand, count).numbers().orElseThrow();
            return new Held.Memory(Inverse.of(matrices, (int) count, size), count);
        } catch (IOException singular) {
            throw new UncheckedIOException(singular);
        }
    }

    /** Does something with all elements, on all processors if what they are computed from can be divided. */
    static void inBands(Program program, long count, long length, Band band) throws IOException {
        ElementRanges.forEach(
                count, length, program.isDivisible(), (first, end) -> band.compute(new Range(first, end)));
    }
}
