package io.graft.djl.array;

import ai.djl.ndarray.NDArray;
import io.graft.tensor.DType;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.util.List;

/** Writes values into live arrays, for good. */
public final class WeightWriter {
    private final int slabLimit;

    public WeightWriter() {
        this(Slab.LIMIT);
    }

    WeightWriter(int slabLimit) {
        this.slabLimit = slabLimit;
    }

    /**
     * Overwrites an array.
     *
     * @param values bytes of the array's own dtype and shape
     */
    public void write(NDArray array, TensorData values) throws IOException {
        for (Slab slab : slabs(array, slabLimit)) {
            try (ArraySlab open = ArraySlab.open(array, slab)) {
                values.read(slab.offset(), open.bytes());
                open.store();
            }
        }
    }

    /** The parts that an array is written in. */
    public static List<Slab> slabs(NDArray array) {
        return slabs(array, Slab.LIMIT);
    }

    private static List<Slab> slabs(NDArray array, int limit) {
        DType dtype = DataTypes.of(array.getDataType());
        if (DataTypes.writable(dtype).isEmpty()) {
            throw new IllegalArgumentException("DJL cannot write " + dtype + " arrays");
        }
        return Slab.of(array.getShape(), dtype.bits() / 8, limit);
    }
}
