package io.graft.checkpoint.carry;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** How many elements of a state dict have which floating-point dtype. */
public final class DtypeCounts {
    private final Map<DType, Long> elements = new EnumMap<>(DType.class);

    /** Of no tensor. */
    public DtypeCounts() {}

    /** Counts a tensor, if its elements are floating-point numbers. */
    public void add(DType dtype, Shape shape) {
        if (dtype.isFloatingPoint()) {
            elements.merge(dtype, shape.elementCount(), Long::sum);
        }
    }

    /** The dtype that most elements have; of two the one that comes first. */
    Optional<DType> most() {
        return elements.entrySet().stream()
                .max(Map.Entry.<DType, Long>comparingByValue()
                        .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
                .map(Map.Entry::getKey);
    }

    /** Whether a tensor has the dtype. */
    boolean has(DType dtype) {
        return elements.containsKey(dtype);
    }
}
