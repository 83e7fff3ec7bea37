package io.graft;

import io.graft.model.DraftTensor;
import io.graft.model.Ties;
import io.graft.model.parametrization.Owner;
import io.graft.model.training.TensorKind;
import io.graft.tensor.LazyTensor;
import java.util.List;

/**
 * What a state dict adds up to. A tensor that has several names counts once.
 *
 * @param tensors number of tensors, buffers included
 * @param parameters elements of parameters, without buffers; of a quantized one those that it stands for
 * @param trainable elements of parameters that an optimizer would update in the first step
 * @param scheduled elements of parameters that are trained for a time only, whether the first step is in it or not
 * @param bytes of all tensors as they are stored, buffers included
 */
public record Totals(int tensors, long parameters, long trainable, long scheduled, long bytes) {
    /** The totals of a state dict. */
    public static Totals of(List<DraftTensor> tensors) {
        Ties ties = Ties.of(tensors);
        int count = 0;
        long parameters = 0;
        long trainable = 0;
        long scheduled = 0;
        long bytes = 0;
        for (DraftTensor tensor : tensors) {
            if (!ties.counts(tensor)) {
                continue;
            }
            long elements = tensor.shape().elementCount();
            bytes += bytes(tensor);
            if (tensor.owner().filter(Owner::isStorage).isPresent()) {
                continue;
            }
            count++;
            if (tensor.kind() == TensorKind.PARAMETER) {
                parameters += elements;
                trainable += tensor.trainable() ? elements : 0;
                scheduled += tensor.trainability().schedule().isPresent() ? elements : 0;
            }
        }
        return new Totals(count, parameters, trainable, scheduled, bytes);
    }

    private static long bytes(DraftTensor tensor) {
        if (tensor.storage().isPresent() && !tensor.isStored()) {
            return 0;
        }
        LazyTensor written = tensor.written();
        return written.dtype().byteCount(written.shape());
    }

    /** Elements of parameters that keep their values in the first step. */
    public long frozen() {
        return parameters - trainable;
    }
}
