package io.graft.djl.array;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;

/** Values in another type. DJL's own {@code toType} cuts gradients off: what is behind it would not be trained, and nothing would tell. */
public final class EngineCast {
    private EngineCast() {}

    /**
     * The array itself if it is of the type, else one of its manager. Gradients flow through it where both types can have some.
     */
    public static NDArray of(DataType type, NDArray array) {
        if (array.getDataType() == type || !array.getDataType().isFloating() || !type.isFloating()) {
            return array.toType(type, false);
        }
        NDArray cast = array.getManager().create(array.getShape(), type, array.getDevice());
        // A copy, unlike a sum, keeps the sign of zero.
        cast.set(new NDIndex("..."), array);
        return cast;
    }
}
