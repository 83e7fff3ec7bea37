package io.graft.modifiers.quantization;

import io.graft.config.Alias;
import io.graft.config.Check;
import io.graft.config.CheckSink;
import io.graft.config.Default;
import io.graft.config.Range;
import io.graft.layer.LayerKind;
import io.graft.layer.Names;
import io.graft.model.parametrization.Form;
import io.graft.modifiers.quantization.options.FloatType;
import io.graft.modifiers.quantization.options.QuantizationLayout;
import io.graft.modifiers.quantization.options.QuantizationScheme;
import io.graft.modifiers.quantization.options.SkippedLayers;
import io.graft.modifiers.quantization.options.WeightOverride;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Options of the quantization modifier.
 *
 * @param scheme what weights become: {@code int8}, 8 bits a value; {@code int8-dynamic}, the same, run with inputs of 8 bits; {@code int4},
 *     4 bits in groups; {@code nf4} and {@code fp4}, 4 bits in blocks; {@code fp8}, floating-point numbers of 8 bits
 * @param layout how they lie in the file: {@code bitsandbytes}, if not given for the schemes that it has; {@code compressed-tensors}, else for
 *     {@code int4}; {@code fp8}, for that; {@code gguf}, which {@code output.format = gguf} writes
 * @param groupSize how many values share a scale: a power of two from 32 to 4096 for {@code nf4} and {@code fp4}, 64 if not given; columns of a
 *     row for {@code int4}, 128 if not given, and for {@code int8} of compressed-tensors, a row if not given; for {@code fp8} rows and columns
 *     of a block, 128 if not given
 * @param doubleQuantization whether scales are stored in 8 bits themselves, for {@code nf4} and {@code fp4}
 * @param symmetric whether the codes of {@code int4} and {@code int8} have no zero points; {@code true} if not given. With them, groups whose values are mostly of one
 *     sign lose less. With {@code layout = gguf}, {@code int4} is Q4_0, or with them Q4_K
 * @param targetModules the modules whose weights are quantized: a list of names and dotted ends of names; one regular expression for whole
 *     names; or {@code all-linear}, every linear layer. Where nothing tells what a matrix is, it is taken for a linear layer
 * @param excludeModules modules that stay as they are, whatever names them, in the same forms
 * @param skip layers that stay as they are even where they are named
 * @param overrides what is said otherwise of single modules, by regular expressions for the ends of their names
 * @param computeDtype the dtype that values have when they are restored; that of the weight if not given. It is written into the file
 * @param kernel what a live layer may run in place of a product with the restored weight: the {@code fastest} for its inputs, {@code none},
 *     {@code weight-only} or {@code dynamic}, which is that of {@code int8-dynamic}; it has an effect on integer codes alone
 * @param maxError the largest error of a weight that is put up with, relative to its norm; beyond it nothing is published
 * @param layers what kind of layer modules are, where names, types and biases do not tell: selectors of modules, each with {@code linear},
 *     {@code transposed}, {@code embedding} or {@code convolution}
 * @param strict whether a name or pattern that fits nothing is an error; if not, it is a warning
 */
public record QuantizationOptions(
        QuantizationScheme scheme,
        Optional<QuantizationLayout> layout,
        @Alias("block-size") @Range(min = 1) Optional<Integer> groupSize,
        @Default("false") boolean doubleQuantization,
        Optional<Boolean> symmetric,
        @Default("all-linear") Names targetModules,
        Optional<Names> excludeModules,
        @Default("[norms, embeddings, heads]") Set<SkippedLayers> skip,
        Map<String, WeightOverride> overrides,
        Optional<FloatType> computeDtype,
        Optional<Form.ScaledCodes.Kernel> kernel,
        @Range(min = 0) Optional<Double> maxError,
        Map<String, LayerKind> layers,
        @Default("true") boolean strict) {
    public QuantizationOptions {
        skip = Set.copyOf(skip);
        overrides = Collections.unmodifiableMap(new LinkedHashMap<>(overrides));
        layers = Collections.unmodifiableMap(new LinkedHashMap<>(layers));
    }

    @Check
    static void fitTogether(QuantizationOptions options, CheckSink sink) {
        new OptionChecks(options, sink).run();
    }
}
