package io.graft.modifiers.quantization.scheme;

import io.graft.model.parametrization.Loss;
import io.graft.tensor.ElementBlock;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What was added to values that lie in codes. It is measured once, when somebody needs to know. */
public final class AddedValues {
    private final LazyTensor held;
    private final LazyTensor values;
    private final LazyTensor scales;
    private final double stepOfScale;
    private float @Nullable [] known;
    private Loss.@Nullable Update update;

    /**
     * @param held the values that lie there
     * @param values those that take their place
     * @param scales those of the codes, in the order of the weight's units
     * @param stepOfScale the mean distance of two codes, as a part of their scale
     */
    public AddedValues(LazyTensor held, LazyTensor values, LazyTensor scales, double stepOfScale) {
        this.held = held;
        this.values = values;
        this.scales = scales;
        this.stepOfScale = stepOfScale;
    }

    /** The scales of the codes that lie there. */
    synchronized float[] scales() throws IOException {
        if (known == null) {
            known = LazyTensors.floats(scales);
        }
        return known;
    }

    /** Whether so little was added that most of it is lost by rounding. */
    public synchronized boolean isBelowStep() throws IOException {
        if (update == null) {
            LazyTensor added =
                    LazyTensors.combine("what is added", List.of(values, held), (first, count, inputs, to) -> {
                        for (int i = 0; i < count; i++) {
                            to.floats()[i] =
                                    inputs.get(0).floats()[i] - inputs.get(1).floats()[i];
                        }
                    });
            update = new Loss.Update(root(added), root(scales) * stepOfScale);
        }
        return wasBelowStep();
    }

    /** The same, of what was measured before. */
    synchronized boolean wasBelowStep() {
        return update != null && update.size() < update.step();
    }

    /** What was measured; empty before. */
    public synchronized Optional<Loss.Update> measured() {
        return Optional.ofNullable(update);
    }

    /** The root of the mean square. */
    private static double root(LazyTensor tensor) throws IOException {
        double squares = LazyTensors.reduce(List.of(tensor), new Squares());
        return Math.sqrt(squares / Math.max(1, tensor.shape().elementCount()));
    }

    private static final class Squares implements LazyTensors.Reduction<Double> {
        @Override
        public Double start() {
            return 0.0;
        }

        @Override
        public Double add(Double sofar, long first, ElementBlock block, int count) {
            double sum = sofar;
            for (int i = 0; i < count; i++) {
                sum += block.doubles()[i] * block.doubles()[i];
            }
            return sum;
        }

        @Override
        public Double merge(Double before, Double after) {
            return before + after;
        }
    }
}
