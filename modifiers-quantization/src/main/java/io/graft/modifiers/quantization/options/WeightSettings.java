package io.graft.modifiers.quantization.options;

import io.graft.model.parametrization.Form;
import io.graft.tensor.DType;
import java.util.Optional;

/**
 * What options say of the weights of a module, overrides included.
 *
 * @param groupSize values that share a scale; that of the layout if not said
 * @param isDouble whether scales are stored in fewer bits
 * @param isSymmetric whether codes of integers have no zero points
 * @param computeDtype what values are rounded to when they are restored; the weight's own dtype if not said
 * @param kernel what runs in place of a product with the restored weight
 * @param maxError the largest relative error that is put up with; infinite if not said
 */
public record WeightSettings(
        QuantizationScheme scheme,
        Optional<Integer> groupSize,
        boolean isDouble,
        boolean isSymmetric,
        Optional<DType> computeDtype,
        Form.ScaledCodes.Kernel kernel,
        double maxError) {}
