package io.graft.modifiers.quantization.stored;

import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.repeat;
import static io.graft.tensor.expression.Expressions.reshape;

import io.graft.checkpoint.carry.PlainModules;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.parametrization.StorageConfiguration;
import io.graft.modifiers.quantization.options.QuantizationScheme;
import io.graft.modifiers.quantization.options.WeightSettings;
import io.graft.modifiers.quantization.scheme.Floats8;
import io.graft.modifiers.quantization.scheme.QuantizedWeight;
import io.graft.modifiers.quantization.scheme.Scheme;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** 8-bit floating-point numbers with scales of square blocks, as DeepSeek and Qwen have them and transformers opens them. */
final class Fp8Blocks implements StoredLayout {
    private static final int USUAL_BLOCK = 128;

    @Override
    public Set<QuantizationScheme> schemes() {
        return Set.of(QuantizationScheme.FP8);
    }

    @Override
    public Scheme scheme(WeightSettings settings) {
        if (settings.isDouble()) {
            throw new IllegalArgumentException("the layout fp8 keeps its scales as they are");
        }
        if (!settings.isSymmetric()) {
            throw new IllegalArgumentException("fp8 has no zero points");
        }
        return Floats8.ofBlocks(settings.groupSize().orElse(USUAL_BLOCK));
    }

    @Override
    public DType result(WeightSettings settings, DType weight) {
        return settings.computeDtype().orElse(weight);
    }

    @Override
    public Parametrization store(String last, QuantizedWeight weight, WeightSettings settings) {
        Floats8 scheme = (Floats8) weight.scheme();
        int block = scheme.rows();
        long rows = weight.shape().dimension(0);
        long columns = weight.shape().dimension(1);
        Shape grid = Shape.of((rows + block - 1) / block, (columns + block - 1) / block);
        Expression.Owned scale = new Expression.Owned(last + "_scale_inv", grid, DType.F32);
        Recipe recipe =
                new Fp8Parts(weight.shape(), last, scale).of(scheme, reshape(scale, Shape.of(grid.elementCount())));
        Map<String, LazyTensor> stored = new LinkedHashMap<>();
        recipe.make(weight, stored);
        Expression scales = repeat(repeat(scale, 0, block, rows), 1, block, columns);
        Form form = new Form.Plain(cast(multiply(StoredWeight.leaf(stored, last), scales), weight.result()));
        return new StoredWeight(weight, stored, form, Optional.of(new Configuration(block)), recipe);
    }

    /** What transformers has to know. */
    private record Configuration(int block) implements StorageConfiguration {
        @Override
        public String quantizationConfig(List<String> plain, List<String> quantized) {
            return Json.object(
                    Map.of(
                            "activation_scheme", Json.text("dynamic"),
                            "fmt", Json.text("e4m3"),
                            "quant_method", Json.text("fp8")),
                    Map.of(
                            "modules_to_not_convert",
                            Json.texts(PlainModules.entries(plain, quantized)),
                            "weight_block_size",
                            "[" + block + ", " + block + "]"));
        }
    }
}
