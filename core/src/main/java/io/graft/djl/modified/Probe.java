package io.graft.djl.modified;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import java.util.List;
import java.util.Optional;

/** Runs a block in inference, on zeros, to see whether it can be run. */
public final class Probe {
    /** DJL tells the shapes that a block was initialized with, and no types: numbers, or indices. */
    private static final List<DataType> TYPES = List.of(DataType.FLOAT32, DataType.INT64);

    private final Block block;
    private final NDManager manager;

    /**
     * @param manager above everything that is made
     */
    public Probe(Block block, NDManager manager) {
        this.block = block;
        this.manager = manager;
    }

    /** What a block may be run on. */
    public record Inputs(List<Shape> shapes, DataType type) {}

    /**
     * The first of the inputs that are tried which the block takes; empty if it takes none, or its input shapes are not known.
     *
     * @throws IgnoredParametrizationException if it does not ask for a parametrized weight
     */
    public Optional<Inputs> inputs() {
        if (!block.isInitialized()) {
            return Optional.empty();
        }
        // A loaded block has no names of its inputs, so that it cannot describe them.
        List<Shape> known = List.of(block.getInputShapes());
        for (List<Shape> shapes : List.of(single(known), known)) {
            for (DataType type : TYPES) {
                Inputs inputs = new Inputs(shapes, type);
                if (takes(inputs)) {
                    return Optional.of(inputs);
                }
            }
        }
        return Optional.empty();
    }

    private boolean takes(Inputs inputs) {
        try {
            run(inputs);
            return true;
        } catch (IgnoredParametrizationException ignored) {
            throw ignored;
        } catch (RuntimeException otherInputs) {
            return false;
        }
    }

    /** Runs the block; whatever it throws passes. */
    public void run(Inputs inputs) {
        try (NDManager scope = manager.newSubManager()) {
            NDList zeros = new NDList();
            inputs.shapes().forEach(shape -> zeros.add(scope.zeros(shape, inputs.type())));
            block.forward(new ParameterStore(scope, false), zeros, false);
        }
    }

    /** A batch of one, where all inputs begin with the same dimension; unknown dimensions are one. */
    private static List<Shape> single(List<Shape> shapes) {
        boolean batched = shapes.stream()
                        .map(shape -> shape.isScalar() ? 0 : shape.get(0))
                        .distinct()
                        .count()
                == 1;
        return shapes.stream()
                .map(shape -> {
                    long[] sizes = shape.getShape().clone();
                    for (int axis = 0; axis < sizes.length; axis++) {
                        sizes[axis] = sizes[axis] < 1 || (axis == 0 && batched) ? 1 : sizes[axis];
                    }
                    return new Shape(sizes);
                })
                .toList();
    }
}
