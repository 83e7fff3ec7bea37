package com.acme.rows;

import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.parametrization.Role;
import io.graft.tensor.CastTensor;
import io.graft.tensor.DType;
import io.graft.tensor.ElementBlock;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.expression.Expression;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Codes from -127 to 127 times a scale for each row.
 *
 * @param codes of the weight's shape
 * @param scale {@code [rows, 1, ...]}
 */
record Rows(LazyTensor codes, LazyTensor scale) implements Parametrization {
    private static final double LARGEST = 127;

    static Rows of(LazyTensor weight) {
        List<Integer> axes = IntStream.range(1, weight.shape().rank()).boxed().toList();
        LazyTensor scale = LazyTensors.reduce("scale of rows", weight, axes, new LazyTensors.Fold() {
            @Override
            public double start() {
                return 0;
            }

            @Override
            public double add(double sofar, double element) {
                return Math.max(sofar, Math.abs(element));
            }

            @Override
            public double merge(double before, double after) {
                return Math.max(before, after);
            }

            @Override
            public double end(double all) {
                return all / LARGEST;
            }
        });
        long columns =
                weight.shape().elementCount() / Math.max(1, weight.shape().dimension(0));
        LazyTensor codes = LazyTensors.combine(
                "codes of rows",
                List.of(weight),
                List.of(scale),
                (first, count, inputs, result) -> encode(first, count, columns, scale, inputs.get(0), result));
        return new Rows(new CastTensor(codes, DType.I8), scale);
    }

    private static void encode(
            long first, int count, long columns, LazyTensor scale, ElementBlock weight, ElementBlock codes)
            throws IOException {
        float[] scales = LazyTensors.floats(scale);
        float[] values = weight.floats();
        float[] result = codes.floats();
        for (int i = 0; i < count; i++) {
            float unit = scales[(int) ((first + i) / columns)];
            result[i] = unit == 0 ? 0 : (float) Math.rint(values[i] / unit);
        }
    }

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
