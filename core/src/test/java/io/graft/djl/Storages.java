package io.graft.djl;

import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.lookup;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.repeat;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.stored;
import static io.graft.tensor.expression.Expressions.subtract;
import static io.graft.tensor.expression.Expressions.unpack;

import io.graft.checkpoint.layout.IntegerCodes;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.Form.ScaledCodes.Kernel;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.parametrization.Role;
import io.graft.tensor.CastTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Weights quantized in the simplest ways, for live models to run. */
public final class Storages {
    private Storages() {}

    /** A byte for each number and a scale for each row. */
    public static Methods.Int8 int8(LazyTensor weight, Kernel kernel) {
        float[] values = values(weight);
        int rows = (int) weight.shape().dimension(0);
        int columns = values.length / rows;
        byte[] codes = new byte[values.length];
        float[] scales = new float[rows];
        for (int row = 0; row < rows; row++) {
            scales[row] = largest(values, row * columns, columns) / 127;
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                codes[i] = (byte) Math.rint(values[i] / scales[row]);
            }
        }
        return new Methods.Int8(
                Methods.bytes(weight.shape(), codes), Methods.tensor(Shape.of(rows, 1), row -> scales[row]), kernel);
    }

    /** Two codes in a byte, the first one low, and a scale for each group of a row. */
    public record Int4(LazyTensor packed, LazyTensor scales, Shape shape, long group, Kernel kernel)
            implements Parametrization {
        @Override
        public String id() {
            return "int4";
        }

        @Override
        public Role role() {
            return Role.STORAGE;
        }

        @Override
        public List<OwnedTensor> owned() {
            return List.of(OwnedTensor.buffer("weight_packed", packed), OwnedTensor.buffer("weight_scale", scales));
        }

        @Override
        public Form form(Expression.Below below) {
            Expression codes = subtract(unpack(owned().get(0).expression(), 4, false, shape), constant(8));
            return new Form.ScaledCodes(
                    reshape(codes, Shape.of(shape.dimension(0), shape.dimension(1) / group, group)),
                    4,
                    List.of(owned().get(1).expression()),
                    shape,
                    kernel);
        }
    }

    public static Int4 int4(LazyTensor weight, int group, Kernel kernel) {
        float[] values = values(weight);
        float[] scales = new float[values.length / group];
        byte[] packed = new byte[values.length / 2];
        for (int i = 0; i < values.length; i++) {
            if (i % group == 0) {
                scales[i / group] = largest(values, i, group) / 7;
            }
            int code = (int) Math.rint(values[i] / scales[i / group]) + 8;
            packed[i / 2] |= (byte) (code << (i % 2 * 4));
        }
        long rows = weight.shape().dimension(0);
        long columns = weight.shape().dimension(1);
        return new Int4(
                unsigned(Shape.of(rows, columns / 2), packed),
                Methods.tensor(Shape.of(rows, columns / group, 1), each -> scales[each]),
                weight.shape(),
                group,
                kernel);
    }

    /** Codes that stand for something else than 0 where they are 0. */
    public record Affine(Parametrization symmetric, LazyTensor offsets) implements Parametrization {
        @Override
        public String id() {
            return "affine";
        }

        @Override
        public Role role() {
            return Role.STORAGE;
        }

        @Override
        public List<OwnedTensor> owned() {
            return Stream.concat(symmetric.owned().stream(), Stream.of(OwnedTensor.buffer("weight_offset", offsets)))
                    .toList();
        }

        @Override
        public Form form(Expression.Below below) {
            Form.ScaledCodes form = (Form.ScaledCodes) symmetric.form(below);
            IntegerCodes codes = form.integers();
            Expression offset = owned().get(owned().size() - 1).expression();
            return new Form.ScaledCodes(
                    new IntegerCodes(codes.codes(), codes.bits(), codes.scales(), Optional.of(offset)),
                    below.shape(),
                    form.kernel());
        }
    }

    /** An offset for each scale, about as large as the numbers. */
    public static Affine affine(Parametrization symmetric) {
        LazyTensor scales = symmetric.owned().get(1).initial();
        return new Affine(symmetric, Methods.tensor(scales.shape(), each -> (float) Math.sin(each) / 10));
    }

    /** Indices of 16 numbers, two in a byte, the first one high, under the weight's own name; a scale for each block. */
    public record Lookup(LazyTensor packed, LazyTensor largest, int block) implements Parametrization {
        private static final LazyTensor TABLE = Methods.tensor(Shape.of(16), index -> index / 7.5f - 1);

        @Override
        public String id() {
            return "lookup";
        }

        @Override
        public Role role() {
            return Role.STORAGE;
        }

        @Override
        public List<OwnedTensor> owned() {
            return List.of(OwnedTensor.buffer("weight", packed), OwnedTensor.buffer("weight.absmax", largest));
        }

        @Override
        public Form form(Expression.Below below) {
            long count = below.shape().elementCount();
            Expression bytes = reshape(owned().get(0).expression(), Shape.of(count / 2));
            Expression numbers = lookup(stored(TABLE), unpack(bytes, 4, true, Shape.of(count)));
            return new Form.Plain(reshape(
                    multiply(numbers, repeat(owned().get(1).expression(), 0, block, count)), below.shape()));
        }
    }

    public static Lookup indices(LazyTensor weight, int block) {
        float[] values = values(weight);
        float[] scales = new float[values.length / block];
        byte[] packed = new byte[values.length / 2];
        for (int i = 0; i < values.length; i++) {
            if (i % block == 0) {
                scales[i / block] = largest(values, i, block);
            }
            int index = (int) Math.rint((values[i] / scales[i / block] + 1) * 7.5);
            packed[i / 2] |= (byte) (index << ((1 - i % 2) * 4));
        }
        return new Lookup(
                unsigned(Shape.of(values.length / 2, 1), packed),
                Methods.tensor(Shape.of(scales.length), each -> scales[each]),
                block);
    }

    /** A byte for each number, of 8-bit floating-point numbers under the weight's own name, and a scale of bfloat16. */
    public record Fp8(LazyTensor codes, LazyTensor scale) implements Parametrization {
        @Override
        public String id() {
            return "fp8";
        }

        @Override
        public Role role() {
            return Role.STORAGE;
        }

        @Override
        public List<OwnedTensor> owned() {
            return List.of(OwnedTensor.buffer("weight", codes), OwnedTensor.buffer("weight_scale", scale));
        }

        @Override
        public Form form(Expression.Below below) {
            return new Form.Plain(multiply(
                    cast(owned().get(0).expression(), DType.F32),
                    cast(owned().get(1).expression(), DType.F32)));
        }
    }

    /** Numbers from -1.875 to 1.875, quarters of which take the place of the weight's own. */
    public static Fp8 fp8(LazyTensor weight) {
        byte[] codes = new byte[(int) weight.shape().elementCount()];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (byte) ((i * 37 & 0x3f) | (i % 3 == 0 ? 0x80 : 0));
        }
        LazyTensor scale = Methods.tensor(Shape.of(1), index -> 0.25f);
        return new Fp8(
                new Bytes(DType.F8_E4M3, weight.shape(), TensorData.of(ByteBuffer.wrap(codes))),
                CastTensor.to(DType.BF16, scale));
    }

    private static float largest(float[] values, int from, int count) {
        float largest = 1e-6f;
        for (int i = from; i < from + count; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        return largest;
    }

    private static float[] values(LazyTensor tensor) {
        try {
            float[] values = new float[(int) tensor.shape().elementCount()];
            tensor.materialize()
                    .window(0, values.length * Float.BYTES)
                    .asFloatBuffer()
                    .get(values);
            return values;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static LazyTensor unsigned(Shape shape, byte[] bytes) {
        return new Bytes(DType.U8, shape, TensorData.of(ByteBuffer.wrap(bytes)));
    }

    private record Bytes(DType dtype, Shape shape, TensorData data) implements LazyTensor {
        @Override
        public List<LazyTensor> inputs() {
            return List.of();
        }

        @Override
        public Provenance provenance() {
            return new Provenance.Stored("test", "packed");
        }

        @Override
        public TensorData materialize() {
            return data;
        }
    }
}
