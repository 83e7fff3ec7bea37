package io.graft.model.storage;

import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.stored;

import io.graft.checkpoint.Encoding;
import io.graft.checkpoint.RefusedTensor;
import io.graft.checkpoint.layout.TensorSet;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.parametrization.Role;
import io.graft.model.parametrization.StorageConfiguration;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A weight that lies in a checkpoint as several stored tensors. They are what it owns, under the names that they have there, so that
 * they are written again as they are as long as nobody wants other values.
 *
 * @param parts by slot
 * @param makers for other values in the same layout
 * @param kernel how a layer may run its integers, if it is made of such
 * @param configuration what is said of it beside the checkpoint
 */
record LayoutStorage(
        Encoding encoding,
        Map<String, LazyTensor> parts,
        StorageMakers makers,
        Form.ScaledCodes.Kernel kernel,
        Optional<StorageConfiguration> configuration)
        implements Parametrization {
    @Override
    public String id() {
        return encoding.set().layout();
    }

    @Override
    public String description() {
        return "dequantized from " + encoding.scheme();
    }

    @Override
    public Role role() {
        return Role.STORAGE;
    }

    @Override
    public List<OwnedTensor> owned() {
        return parts.entrySet().stream()
                .map(part -> OwnedTensor.buffer(part.getKey(), part.getValue()))
                .toList();
    }

    @Override
    public Parametrization requantized(LazyTensor values, OptionalDouble allowed) {
        TensorSet set = encoding.set();
        return makers.of(set)
                .orElseThrow(() -> new IllegalArgumentException(
                        "is stored as " + encoding.scheme() + ", in which Graft puts no other values"))
                .storage(set, parts, values, allowed.orElse(Double.POSITIVE_INFINITY));
    }

    /** {@inheritDoc} Of a layout that cannot be read, the value says so when it is wanted. */
    @Override
    public Form form(Expression.Below below) {
        TensorSet set = encoding.set();
        Expression value = as(below.dtype(), set.value().orElseGet(() -> stored(RefusedTensor.of(encoding))));
        // What layers multiply with is in 32 bits.
        return set.codes()
                .filter(codes -> below.dtype() == DType.F32)
                .<Form>map(codes -> new Form.ScaledCodes(value, codes, kernel))
                .orElseGet(() -> new Form.Plain(value));
    }

    private static Expression as(DType dtype, Expression value) {
        return value.dtype() == dtype ? value : cast(value, dtype);
    }
}
