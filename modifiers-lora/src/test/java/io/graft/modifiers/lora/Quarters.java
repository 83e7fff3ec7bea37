package io.graft.modifiers.lora;

import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.parametrization.Role;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.OptionalDouble;

/** A weight rounded to multiples of a quarter, in codes of 8 bits. */
record Quarters(LazyTensor codes, LazyTensor quarter) implements Parametrization {
    static Quarters of(LazyTensor weight) {
        Shape shape = weight.shape();
        LazyTensor codes = LazyTensors.joint(
                        List.of(weight), List.of(new LazyTensors.Output("quarters", DType.I8, shape)), () -> {
                            float[] values = LazyTensors.floats(weight);
                            ByteBuffer bytes = ByteBuffer.allocate(values.length);
                            for (float value : values) {
                                bytes.put((byte) Math.rint(value * 4));
                            }
                            return List.of(TensorData.of(bytes.flip().order(ByteOrder.LITTLE_ENDIAN)));
                        })
                .get(0);
        return new Quarters(codes, LazyTensors.generate("a quarter", DType.F32, Shape.of(1, 1), place -> 0.25));
    }

    @Override
    public String id() {
        return "quarters";
    }

    @Override
    public Role role() {
        return Role.STORAGE;
    }

    @Override
    public Parametrization requantized(LazyTensor values, OptionalDouble allowed) {
        return of(values);
    }

    @Override
    public List<OwnedTensor> owned() {
        return List.of(OwnedTensor.buffer("weight", codes), OwnedTensor.buffer("weight_scale", quarter));
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
