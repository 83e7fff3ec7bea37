package io.graft.modifiers.casting;

import io.graft.config.Default;
import io.graft.model.tree.Selector;
import io.graft.tensor.DType;
import java.util.List;

/**
 * Options of the casting modifier.
 *
 * @param dtype the dtype that the tensors get
 * @param tensors the modules and tensors to cast: dotted paths such as {@code encoder} or {@code processor.0}, with {@code *} for
 *     one segment and {@code **} for any number, or {@code re:} and a regular expression; all floating-point tensors if empty.
 *     Integers and booleans are cast only where an entry is the full name of the tensor
 * @param exclude modules and tensors that keep their dtypes
 * @param strict whether an entry that matches nothing is an error; if not, it is a warning
 */
public record CastingOptions(
        FloatType dtype,
        List<Selector> tensors,
        List<Selector> exclude,
        @Default("true") boolean strict) {
    /** Dtypes of floating-point numbers that values can be converted to. */
    public enum FloatType {
        F16,
        BF16,
        F32,
        F64;

        DType dtype() {
            return DType.valueOf(name());
        }
    }

    public CastingOptions {
        tensors = List.copyOf(tensors);
        exclude = List.copyOf(exclude);
    }
}
