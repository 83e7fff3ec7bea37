package io.graft.djl;

import static io.graft.tensor.expression.Expressions.add;
import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.detach;
import static io.graft.tensor.expression.Expressions.divide;
import static io.graft.tensor.expression.Expressions.matMul;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.norm;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.subtract;
import static io.graft.tensor.expression.Expressions.unpack;

import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.parametrization.Role;
import io.graft.model.parametrization.Sharing;
import io.graft.model.training.TensorKind;
import io.graft.model.training.Trainability;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;

/** Parametrizations that the tests put on live models. */
public final class Methods {
    private Methods() {}

    /** LoRA; of the update's matrix, whatever the weight's rank. */
    public record Lora(LazyTensor a, LazyTensor b, double scale, double dropout) implements Parametrization {
        @Override
        public String id() {
            return "lora";
        }

        @Override
        public List<OwnedTensor> owned() {
            return List.of(OwnedTensor.trained("lora_A", a), OwnedTensor.trained("lora_B", b));
        }

        @Override
        public Form form(Expression.Below below) {
            return new Form.LowRank(
                    below, owned().get(1).expression(), owned().get(0).expression(), scale, dropout);
        }
    }

    /** DoRA: a direction that LoRA changes, and a magnitude of its own for each output. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Dora(LazyTensor a, LazyTensor b, LazyTensor magnitude, Integer... axes) implements Parametrization {
        @Override
        public String id() {
            return "dora";
        }

        @Override
        public List<OwnedTensor> owned() {
            return List.of(
                    OwnedTensor.trained("lora_A", a),
                    OwnedTensor.trained("lora_B", b),
                    OwnedTensor.trained("lora_magnitude_vector", magnitude));
        }

        @Override
        public Form form(Expression.Below below) {
            Expression update =
                    reshape(matMul(owned().get(1).expression(), owned().get(0).expression()), below.shape());
            Expression adapted = add(below, update);
            return new Form.Plain(multiply(adapted, divide(owned().get(2).expression(), detach(norm(adapted, axes)))));
        }
    }

    /** IA3: one scale for each column, which a module's weights share. */
    public record Ia3(LazyTensor scales) implements Parametrization {
        @Override
        public String id() {
            return "ia3";
        }

        @Override
        public List<OwnedTensor> owned() {
            return List.of(
                    new OwnedTensor("ia3_l", TensorKind.PARAMETER, Trainability.always(), Sharing.MODULE, scales));
        }

        @Override
        public Form form(Expression.Below below) {
            return new Form.Plain(multiply(below, owned().get(0).expression()));
        }
    }

    /** Codes in bytes times a scale for each row, in the place of the weight. */
    public record Int8(LazyTensor codes, LazyTensor scales, Form.ScaledCodes.Kernel kernel) implements Parametrization {
        public Int8(LazyTensor codes, LazyTensor scales) {
            this(codes, scales, Form.ScaledCodes.Kernel.NONE);
        }

        /** Of a weight of [3, 4], the least and the largest code among its own. */
        public static Int8 ofThreeByFour() {
            byte[] codes = {1, -2, 3, 127, 5, 6, 7, -128, 9, 10, 11, 12};
            return new Int8(bytes(Shape.of(3, 4), codes), tensor(Shape.of(3, 1), index -> 0.01f * (index + 1)));
        }

        @Override
        public String id() {
            return "int8";
        }

        @Override
        public Role role() {
            return Role.STORAGE;
        }

        @Override
        public List<OwnedTensor> owned() {
            return List.of(OwnedTensor.buffer("weight_codes", codes), OwnedTensor.buffer("weight_scale", scales));
        }

        @Override
        public Form form(Expression.Below below) {
            return new Form.ScaledCodes(
                    owned().get(0).expression(), 8, List.of(owned().get(1).expression()), below.shape(), kernel);
        }
    }

    /** Codes of 4 bits, two to a byte, the low one first and 8 more than they are; groups of columns have a scale. */
    public record Int4(LazyTensor bytes, LazyTensor scales, Form.ScaledCodes.Kernel kernel) implements Parametrization {
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
            return List.of(OwnedTensor.buffer("weight_packed", bytes), OwnedTensor.buffer("weight_scale", scales));
        }

        @Override
        public Form form(Expression.Below below) {
            long rows = below.shape().dimension(0);
            long columns = below.shape().dimension(1);
            long groups = scales.shape().dimension(1);
            Expression digits = unpack(owned().get(0).expression(), 4, false, below.shape());
            return new Form.ScaledCodes(
                    reshape(subtract(digits, constant(8)), Shape.of(rows, groups, columns / groups)),
                    4,
                    List.of(reshape(owned().get(1).expression(), Shape.of(rows, groups, 1))),
                    below.shape(),
                    kernel);
        }
    }

    /** Rounds to another dtype. */
    public record Rounded(DType to) implements Parametrization {
        @Override
        public String id() {
            return "rounded";
        }

        @Override
        public List<OwnedTensor> owned() {
            return List.of();
        }

        @Override
        public Form form(Expression.Below below) {
            return new Form.Plain(multiply(cast(below, to), constant(1)));
        }
    }

    public static Lora lora(long out, long rank, long in, double scale, double dropout) {
        return new Lora(random(Shape.of(rank, in), 1), random(Shape.of(out, rank), 2), scale, dropout);
    }

    /** Numbers around 0 that repeat from run to run. */
    public static LazyTensor random(Shape shape, long seed) {
        Random random = new Random(seed);
        return tensor(shape, index -> (float) random.nextGaussian() / 2);
    }

    public static LazyTensor tensor(Shape shape, IntFunction<Float> values) {
        int count = (int) shape.elementCount();
        ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            bytes.putFloat(values.apply(i));
        }
        return new Given(DType.F32, shape, TensorData.of(bytes.flip()));
    }

    public static LazyTensor bytes(Shape shape, byte... values) {
        return new Given(DType.I8, shape, TensorData.of(ByteBuffer.wrap(values)));
    }

    public static LazyTensor unsigned(Shape shape, byte... values) {
        return new Given(DType.U8, shape, TensorData.of(ByteBuffer.wrap(values)));
    }

    private record Given(DType dtype, Shape shape, TensorData data) implements LazyTensor {
        @Override
        public List<LazyTensor> inputs() {
            return List.of();
        }

        @Override
        public Provenance provenance() {
            return new Provenance.Stored("test", "given");
        }

        @Override
        public TensorData materialize() {
            return data;
        }
    }
}
