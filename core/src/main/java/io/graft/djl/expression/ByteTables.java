package io.graft.djl.expression;

import static io.graft.tensor.expression.Expressions.add;
import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.lookup;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.slice;
import static io.graft.tensor.expression.Expressions.stored;

import io.graft.djl.array.RawArrays;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Operation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the engine cannot compute with, looked up in tables. Bit fields of bytes are rows of a table that has one for each byte: the engine
 * has no operations on bits, and one row for several fields takes a part of the time; where numbers are looked up by the fields, the
 * rows are of those numbers. Tensors of narrow dtypes that the engine lacks are numbers in a table of all that there are, by their bytes.
 */
public final class ByteTables {
    private static final int BYTES = 1 << Byte.SIZE;

    /** Each once, since the engine keeps the tables that it has seen. */
    private static final Map<Integer, List<Table>> TABLES = IntStream.of(1, 2, 4)
            .boxed()
            .collect(Collectors.toMap(bits -> bits, bits -> List.of(new Table(bits, false), new Table(bits, true))));

    private static final Map<DType, LazyTensor> NUMBERS = Stream.of(DType.values())
            .filter(dtype -> RawArrays.isRaw(dtype) && dtype.bits() < Integer.SIZE)
            .collect(Collectors.toMap(dtype -> dtype, LazyTensors::everyValue));

    private ByteTables() {}

    /** An expression of the same values. */
    public static Expression inTables(Expression whole) {
        Expression root = ByteWords.inBytes(whole);
        IdentityHashMap<Expression, Expression> now = new IdentityHashMap<>();
        for (Expression node : root.nodes()) {
            now.put(node, node instanceof Expression.Computed computed ? inTables(computed, now) : leaf(node));
        }
        return now.get(root);
    }

    private static Expression leaf(Expression node) {
        if (!(node instanceof Expression.Owned owned) || !RawArrays.isRaw(owned.dtype())) {
            return node;
        }
        Shape shape = owned.shape();
        Expression bytes = new Expression.Owned(owned.slot(), RawArrays.shape(owned.dtype(), shape), DType.U8);
        Expression numbers = stored(NUMBERS.get(owned.dtype()));
        if (owned.dtype().bits() == Byte.SIZE) {
            return lookup(numbers, bytes);
        }
        Expression low = slice(bytes, shape.rank(), 0, 1);
        Expression high = slice(bytes, shape.rank(), 1, 1);
        Expression index = cast(add(low, multiply(high, constant(BYTES))), DType.I32);
        return lookup(numbers, reshape(index, shape));
    }

    private static Expression inTables(Expression.Computed node, Map<Expression, Expression> now) {
        List<Expression> operands = node.operands();
        if (node.operation() instanceof Operation.Lookup && isOfAll(operands.get(0), operands.get(1))) {
            Expression.Computed fields = (Expression.Computed) operands.get(1);
            return rows(fields, lookup(now.get(operands.get(0)), table(fields).orElseThrow()), now);
        }
        Optional<Expression> table = table(node);
        if (table.isPresent()) {
            return rows(node, table.get(), now);
        }
        List<Expression> changed = operands.stream().map(now::get).toList();
        return changed.equals(operands) ? node : new Expression.Computed(node.operation(), changed);
    }

    /** Whether a table has a number for each field that there may be. */
    private static boolean isOfAll(Expression table, Expression indices) {
        return indices instanceof Expression.Computed fields
                && table(fields).isPresent()
                && table.shape().equals(Shape.of(1L << ((Operation.Unpack) fields.operation()).bits()));
    }

    private static Expression rows(Expression.Computed fields, Expression table, Map<Expression, Expression> now) {
        return reshape(lookup(table, now.get(fields.operands().get(0))), fields.shape());
    }

    /** For each byte its fields; empty if a node has no fields that fill bytes. */
    private static Optional<Expression> table(Expression.Computed node) {
        if (!(node.operation() instanceof Operation.Unpack unpack) || !TABLES.containsKey(unpack.bits())) {
            return Optional.empty();
        }
        Expression bytes = node.operands().get(0);
        boolean filled = bytes.dtype() == DType.U8
                && bytes.shape().elementCount() * (Byte.SIZE / unpack.bits())
                        == unpack.to().elementCount();
        return filled
                ? Optional.of(stored(TABLES.get(unpack.bits()).get(unpack.highFirst() ? 1 : 0)))
                : Optional.empty();
    }

    /** The fields of all bytes. */
    private record Table(int bits, boolean highFirst) implements LazyTensor {
        @Override
        public DType dtype() {
            return DType.I32;
        }

        @Override
        public Shape shape() {
            return Shape.of(BYTES, Byte.SIZE / bits);
        }

        @Override
        public List<LazyTensor> inputs() {
            return List.of();
        }

        @Override
        public Provenance provenance() {
            return new Provenance.Computed("fields of " + bits + " bits in all bytes", List.of());
        }

        @Override
        public TensorData materialize() {
            ByteBuffer fields = ByteBuffer.allocate((int) shape().elementCount() * Integer.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN);
            for (int code = 0; code < BYTES; code++) {
                for (int place = 0; place < Byte.SIZE; place += bits) {
                    int shift = highFirst ? Byte.SIZE - bits - place : place;
                    fields.putInt(code >> shift & (1 << bits) - 1);
                }
            }
            return TensorData.of(fields.flip());
        }
    }
}
