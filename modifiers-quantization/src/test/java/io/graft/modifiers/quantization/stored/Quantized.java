package io.graft.modifiers.quantization.stored;

import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.modifiers.quantization.options.WeightSettings;
import io.graft.modifiers.quantization.scheme.QuantizedWeight;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.bands.ExpressionTensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A weight as a layout holds it, and what it stands for again. */
record Quantized(LazyTensor weight, QuantizedWeight quantized, Parametrization storage) {
    static Quantized of(StoredLayout layout, LazyTensor weight, WeightSettings settings) {
        QuantizedWeight quantized = new QuantizedWeight(
                "a.weight",
                weight,
                layout.scheme(settings),
                layout.result(settings, weight.dtype()),
                Double.POSITIVE_INFINITY);
        return new Quantized(weight, quantized, layout.store("weight", quantized, settings));
    }

    /** The stored tensors by their names after the module. */
    Map<String, LazyTensor> stored() {
        Map<String, LazyTensor> stored = new LinkedHashMap<>();
        for (OwnedTensor owned : storage.owned()) {
            stored.put(owned.slot(), owned.initial());
        }
        return stored;
    }

    byte[] bytes(String slot) throws IOException {
        LazyTensor tensor = stored().get(slot);
        ByteBuffer window = tensor.materialize().window(0, (int) tensor.dtype().byteCount(tensor.shape()));
        byte[] bytes = new byte[window.remaining()];
        window.get(bytes);
        return bytes;
    }

    String hex(String slot) throws IOException {
        return HexFormat.of().formatHex(bytes(slot));
    }

    float[] floats(String slot) throws IOException {
        return LazyTensors.floats(stored().get(slot));
    }

    /** What the stored tensors stand for. */
    float[] restored() throws IOException {
        LazyTensor value = ExpressionTensors.evaluate(
                storage.form(new Expression.Below(weight.shape(), weight.dtype()))
                        .value(),
                "restored",
                Optional.empty(),
                stored());
        return LazyTensors.floats(value);
    }

    /** The relative error of that, computed anew. */
    double error() throws IOException {
        float[] values = LazyTensors.floats(weight);
        float[] restored = restored();
        double error = 0;
        double square = 0;
        for (int i = 0; i < values.length; i++) {
            error += Math.pow((double) values[i] - restored[i], 2);
            square += Math.pow(values[i], 2);
        }
        return Math.sqrt(error / square);
    }
}
