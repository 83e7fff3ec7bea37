package io.graft.modifiers.quantization.scheme;

import io.graft.model.parametrization.Loss;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was added to values that lie in codes, and whose scales stay for it. It is measured once, when somebody needs to know.
 *
 * <p>The scales of a unit stay if so little was added to its values that most of it is lost by rounding: new ones would move every value.
 * Where all units depend on each other's scales, they stay for all of them or for none.
 */
public final class AddedValues {
    private final String name;
    private final Scheme scheme;
    private final LazyTensor held;
    private final LazyTensor values;
    private final LazyTensor scales;
    private @Nullable Measured measured;

    /**
     * @param name the weight's, for messages
     * @param scheme of the codes
     * @param held the values that lie there
     * @param values those that take their place
     * @param scales those of the codes, in the order of the weight's units
     */
    public AddedValues(String name, Scheme scheme, LazyTensor held, LazyTensor values, LazyTensor scales) {
        this.name = name;
        this.scheme = scheme;
        this.held = held;
        this.values = values;
        this.scales = scales;
    }

    /** What is known once it was measured. */
    static final class Measured {
        private final Loss.Update update;
        private final float[] scales;
        private final boolean[] keeps;
        private final boolean keepsAll;

        private Measured(Loss.Update update, float[] scales, boolean[] keeps, boolean keepsAll) {
            this.update = update;
            this.scales = scales;
            this.keeps = keeps;
            this.keepsAll = keepsAll;
        }

        /** The scales of the codes that lie there. */
        float[] scales() {
            return scales;
        }

        /** The units whose scales stay. */
        boolean[] keeps() {
            return keeps;
        }

        /** Whether those of all units do. */
        boolean keepsAll() {
            return keepsAll;
        }
    }

    /** Whether all scales stay. */
    public boolean keepsScales() throws IOException {
        return measure().keepsAll();
    }

    /** Whether nothing was added, so that codes stay as they are. */
    public boolean isNothing() throws IOException {
        return measure().update.size() == 0;
    }

    /** What was measured; empty before. */
    public synchronized Optional<Loss.Update> measured() {
        return Optional.ofNullable(measured).map(known -> known.update);
    }

    synchronized Measured measure() throws IOException {
        if (measured == null) {
            measured = measured(LazyTensors.floats(scales));
        }
        return measured;
    }

    private Measured measured(float[] known) throws IOException {
        Pieces pieces = new Pieces(name, scheme.grid(values.shape()), values.shape());
        double[] squares = new double[pieces.number()];
        double[] steps = new double[pieces.number()];
        boolean[] keeps = new boolean[pieces.units()];
        TensorData before = held.materialize();
        TensorData now = values.materialize();
        pieces.forEach(before.isDivisible() && now.isDivisible(), (start, end) -> {
            Piece there = pieces.room();
            Piece piece = pieces.room();
            for (long first = start; first < end; first += pieces.length()) {
                pieces.read(there, before, held.dtype(), first, end);
                pieces.read(piece, now, values.dtype(), first, end);
                there.take(known, known);
                piece.standFor(there);
                int index = pieces.index(first);
                for (int unit = 0; unit < piece.units(); unit++) {
                    double square = piece.squaredErrors(unit);
                    double step = scheme.squaredSteps(there, unit);
                    squares[index] += square;
                    steps[index] += step;
                    keeps[piece.unitPlace() + unit] = square == 0 || square < step;
                }
            }
        });
        Loss.Update update = new Loss.Update(mean(squares, pieces.count()), mean(steps, pieces.count()));
        if (scheme.roundsScales()) {
            Arrays.fill(keeps, update.size() == 0 || update.size() < update.step());
        }
        boolean keepsAll = true;
        for (boolean keep : keeps) {
            keepsAll &= keep;
        }
        return new Measured(update, known, keeps, keepsAll);
    }

    /** The root of the mean square. */
    private static double mean(double[] squares, long count) {
        return Math.sqrt(Arrays.stream(squares).sum() / Math.max(1, count));
    }
}
