package io.graft.lora.method;

import io.graft.layer.LayerKind;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Sharing;
import io.graft.model.training.TensorKind;
import io.graft.model.training.Trainability;
import io.graft.tensor.DType;
import io.graft.tensor.Initializer;
import io.graft.tensor.Shape;

/**
 * A weight or bias that a method adapts.
 *
 * @param module the path of its layer
 * @param kind of the layer
 * @param weight the shape of the layer's weight
 * @param groups into which the channels of a convolution fall; 1 where nobody knows
 * @param isBias whether the tensor is the layer's bias, and not that weight
 * @param dtype what is owned has
 * @param rank of the update, where the method has one
 * @param alpha numerator of its scale
 * @param settings of the adapter, each key of the method's own among them
 * @param widest of all layers that the adapter is on
 * @param seed which random values follow from, with the module
 */
public record AdaptedTensor(
        String module,
        LayerKind kind,
        Shape weight,
        int groups,
        boolean isBias,
        DType dtype,
        long rank,
        double alpha,
        AdapterSettings settings,
        Widest widest,
        long seed) {
    /** The most inputs and outputs that a layer has. */
    public record Widest(long inputs, long outputs) {}

    /** Whether the layer is a convolution. */
    public boolean isConvolution() {
        return kind == LayerKind.CONVOLUTION;
    }

    /** Whether the layer's weight is stored as {@code [in, out]}. */
    public boolean isTransposed() {
        return kind == LayerKind.TRANSPOSED || kind == LayerKind.EMBEDDING;
    }

    /** How many outputs the layer has. */
    public long outputs() {
        return weight.dimension(isTransposed() ? 1 : 0);
    }

    /** How many inputs the layer takes; of a convolution, those of one group. */
    public long inputs() {
        return weight.dimension(isTransposed() ? 0 : 1);
    }

    /**
     * A tensor that is trained, and random or the same everywhere at first.
     *
     * @param slot the method's name for it
     */
    public OwnedTensor trained(String slot, Sharing sharing, Initializer start, Shape shape) {
        return new OwnedTensor(
                slot,
                TensorKind.PARAMETER,
                Trainability.always(),
                sharing,
                start.tensor(seed, module + " " + slot, dtype, shape, shape));
    }
}
