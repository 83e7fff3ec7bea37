package io.graft.modifiers.quantization.options;

import io.graft.config.Alias;
import io.graft.config.Range;
import io.graft.model.parametrization.Form;
import java.util.Optional;

/**
 * What is said otherwise of the weights of some modules.
 *
 * @param scheme as the option of the same name
 * @param groupSize as the option of the same name
 * @param doubleQuantization as the option of the same name
 * @param symmetric as the option of the same name
 * @param computeDtype as the option of the same name
 * @param kernel as the option of the same name
 * @param maxError as the option of the same name
 */
public record WeightOverride(
        Optional<QuantizationScheme> scheme,
        @Alias("block-size") @Range(min = 1) Optional<Integer> groupSize,
        Optional<Boolean> doubleQuantization,
        Optional<Boolean> symmetric,
        Optional<FloatType> computeDtype,
        Optional<Form.ScaledCodes.Kernel> kernel,
        @Range(min = 0) Optional<Double> maxError) {}
