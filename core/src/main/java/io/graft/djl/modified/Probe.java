package io.graft.djl.modified;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import java.util.Arrays;
import java.util.List;

/** Runs a modified block once, to see that it asks for its weights. */
public final class Probe {
    /** DJL tells the shapes that a block was initialized with, and no types: numbers, or indices. */
    private static final List<DataType> TYPES = List.of(DataType.FLOAT32, DataType.INT64);

    private final ModifiedBlock block;

    public Probe(ModifiedBlock block) {
        this.block = block;
    }

    /**
     * Runs it, if its input shapes are known and it takes any of the inputs that are tried; else the first forward will tell.
     *
     * @throws IgnoredParametrizationException if it does not ask for a parametrized weight
     */
    public void run() {
        if (!block.base().isInitialized()) {
            return;
        }
        Shape[] known = block.base().describeInput().values().toArray(Shape[]::new);
        for (Shape[] shapes : List.of(single(known), known)) {
            for (DataType type : TYPES) {
                if (runs(shapes, type)) {
                    block.invalidate();
                    return;
                }
            }
        }
    }

    private boolean runs(Shape[] shapes, DataType type) {
        try (NDManager scope = block.manager().newSubManager()) {
            NDList inputs = new NDList();
            for (Shape shape : shapes) {
                inputs.add(scope.zeros(shape, type));
            }
            block.forward(new ParameterStore(scope, false), inputs, false);
            return true;
        } catch (IgnoredParametrizationException ignored) {
            throw ignored;
        } catch (RuntimeException otherInputs) {
            return false;
        }
    }

    /** A batch of one, where all inputs begin with the same dimension; unknown dimensions are one. */
    private static Shape[] single(Shape[] shapes) {
        boolean batched = Arrays.stream(shapes)
                        .map(shape -> shape.isScalar() ? 0 : shape.get(0))
                        .distinct()
                        .count()
                == 1;
        return Arrays.stream(shapes)
                .map(shape -> {
                    long[] sizes = shape.getShape().clone();
                    for (int axis = 0; axis < sizes.length; axis++) {
                        sizes[axis] = sizes[axis] < 1 || (axis == 0 && batched) ? 1 : sizes[axis];
                    }
                    return new Shape(sizes);
                })
                .toArray(Shape[]::new);
    }
}
