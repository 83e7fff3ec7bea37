package io.graft.modifiers.quantization.stored;

import io.graft.model.parametrization.Parametrization;
import io.graft.modifiers.quantization.options.QuantizationScheme;
import io.graft.modifiers.quantization.options.WeightSettings;
import io.graft.modifiers.quantization.scheme.QuantizedWeight;
import io.graft.modifiers.quantization.scheme.Scheme;
import io.graft.tensor.DType;
import java.util.Set;

/** A layout that quantized weights are written in. */
public interface StoredLayout {
    /** What it can hold. */
    Set<QuantizationScheme> schemes();

    /**
     * The arithmetic that it asks for.
     *
     * @param settings with one of its schemes
     * @throws IllegalArgumentException if it cannot hold what they say; the message says why, as a sentence
     */
    Scheme scheme(WeightSettings settings);

    /**
     * The dtype that values have when they are restored.
     *
     * @param weight that of the weight
     * @throws IllegalArgumentException if it cannot give the one that is asked for; the message says why, as a sentence
     */
    DType result(WeightSettings settings, DType weight);

    /** Whether others that read it take the first axis of a matrix for the outputs of a layer. */
    default boolean wantsOutputsFirst() {
        return true;
    }

    /**
     * A storage of a weight; nothing is computed yet.
     *
     * @param last the last name of the tensor, {@code weight}
     * @param weight with the scheme and the result that this gave
     * @throws IllegalArgumentException if it cannot hold a weight of this shape; the message says why, as a sentence that goes on after the
     *     tensor's name
     */
    Parametrization store(String last, QuantizedWeight weight, WeightSettings settings);
}
