package io.graft.model;

import static io.graft.tensor.expression.Expressions.add;
import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.multiply;

import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.parametrization.Role;
import io.graft.model.parametrization.Sharing;
import io.graft.model.training.TensorKind;
import io.graft.model.training.Trainability;
import io.graft.tensor.DType;
import io.graft.tensor.ElementBlock;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Set;

/** Parametrizations for tests, and their values. */
final class Shifts {
    private Shifts() {}

    /** Adds a number. */
    record Shift(String id, double by) implements Parametrization {
        @Override
        public List<OwnedTensor> owned() {
            return List.of();
        }

        @Override
        public Form form(Expression.Below below) {
            return new Form.Plain(add(below, constant(by)));
        }
    }

    /** Multiplies by a vector of its own. */
    record Scaled(LazyTensor by, Sharing sharing) implements Parametrization {
        @Override
        public String id() {
            return "ia3";
        }

        @Override
        public List<OwnedTensor> owned() {
            return List.of(new OwnedTensor("ia3_l", TensorKind.PARAMETER, Trainability.always(), sharing, by));
        }

        @Override
        public Form form(Expression.Below below) {
            return new Form.Plain(multiply(below, owned().get(0).expression()));
        }
    }

    /** Codes times a scale for each row, in the place of what was there. */
    record Rows(LazyTensor codes, LazyTensor scale) implements Parametrization {
        @Override
        public String id() {
            return "rows";
        }

        @Override
        public Role role() {
            return Role.STORAGE;
        }

        @Override
        public List<OwnedTensor> owned() {
            return List.of(OwnedTensor.buffer("codes", codes), OwnedTensor.buffer("scale", scale));
        }

        @Override
        public Form form(Expression.Below below) {
            return new Form.ScaledCodes(
                    owned().get(0).expression(),
                    8,
                    List.of(owned().get(1).expression()),
                    below.shape(),
                    Form.ScaledCodes.Kernel.NONE);
        }
    }

    /** A low-rank update. */
    record Lora(LazyTensor a, LazyTensor b, double scale) implements Parametrization {
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
                    below, owned().get(1).expression(), owned().get(0).expression(), scale, 0);
        }
    }

    /** A tensor of a file. */
    record Given(String key, DType dtype, Shape shape, TensorData data) implements LazyTensor {
        @Override
        public List<LazyTensor> inputs() {
            return List.of();
        }

        @Override
        public Provenance provenance() {
            return new Provenance.Stored("file", key);
        }

        @Override
        public TensorData materialize() {
            return data;
        }
    }

    static LazyTensor floats(String key, Shape shape, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return new Given(key, DType.F32, shape, TensorData.of(bytes.flip()));
    }

    static LazyTensor codes(String key, Shape shape, int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length);
        for (int value : values) {
            bytes.put((byte) value);
        }
        return new Given(key, DType.I8, shape, TensorData.of(bytes.flip()));
    }

    static DraftTensor parameter(String name, Shape shape, float... values) {
        return DraftTensor.initial(name, Set.of(), TensorKind.PARAMETER, true, floats(name, shape, values));
    }

    static List<Float> values(LazyTensor tensor) {
        try {
            int count = Math.toIntExact(tensor.shape().elementCount());
            ElementBlock block = new ElementBlock(count);
            tensor.materialize()
                    .elements(tensor.dtype(), 0, count, ByteBuffer.allocate(0))
                    .next(block, count);
            Float[] values = new Float[count];
            for (int i = 0; i < count; i++) {
                values[i] = block.floats()[i];
            }
            return List.of(values);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
