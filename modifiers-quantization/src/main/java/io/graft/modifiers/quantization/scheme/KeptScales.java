package io.graft.modifiers.quantization.scheme;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * A scheme for values that take the place of others: those scales stay that the others have, where the values differ from them by less
 * than codes can tell. New ones would move every value, and with that drown what was added.
 *
 * @param scheme one whose scales are the largest magnitudes
 * @param restoring what new scales give again once they are stored
 */
public record KeptScales(Scheme scheme, AddedValues added, UnaryOperator<float[]> restoring) implements Scheme {
    @Override
    public String id() {
        return scheme.id();
    }

    @Override
    public String description() {
        return scheme.description();
    }

    @Override
    public Grid grid(Shape weight) {
        return scheme.grid(weight);
    }

    @Override
    public double expectedError(Shape weight) {
        return scheme.expectedError(weight);
    }

    @Override
    public void scale(Piece piece, DType result) throws IOException {
        if (added.isBelowStep()) {
            piece.largest(0, piece.count());
            piece.take(added.scales(), added.scales());
        } else {
            scheme.scale(piece, result);
        }
    }

    @Override
    public float[] restored(float[] scales) {
        return added.wasBelowStep() ? scales : restoring.apply(scales);
    }

    @Override
    public boolean roundsScales() {
        return scheme.roundsScales();
    }

    /** {@inheritDoc} Scales that stay are no magnitudes of these values: what is larger gets the outermost code. */
    @Override
    public void encode(Piece piece, DType result) {
        if (!added.wasBelowStep()) {
            scheme.encode(piece, result);
            return;
        }
        float[] values = piece.values();
        float[] exact = Arrays.copyOf(values, piece.count());
        int unit = grid(piece.shape()).unit();
        for (int i = 0; i < exact.length; i++) {
            float largest = piece.scales()[i / unit];
            values[i] = Math.max(-largest, Math.min(largest, values[i]));
        }
        scheme.encode(piece, result);
        System.arraycopy(exact, 0, values, 0, exact.length);
    }
}
