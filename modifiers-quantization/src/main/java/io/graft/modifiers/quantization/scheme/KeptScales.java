package io.graft.modifiers.quantization.scheme;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * A scheme for values that take the place of others, some of whose scales {@linkplain AddedValues stay}.
 *
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
        AddedValues.Measured measured = added.measure();
        if (piece.among(measured.keeps()) < piece.units()) {
            scheme.scale(piece, result);
        } else {
            piece.largest(0, piece.count());
        }
        piece.take(measured.keeps(), measured.scales());
    }

    @Override
    public float[] restored(float[] scales) {
        return measured().keepsAll() ? scales : restoring.apply(scales);
    }

    private AddedValues.Measured measured() {
        try {
            return added.measure();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public boolean roundsScales() {
        return scheme.roundsScales();
    }

    @Override
    public boolean sharesScale() {
        return scheme.sharesScale();
    }

    @Override
    public boolean storesScales() {
        return scheme.storesScales();
    }

    /** {@inheritDoc} Scales that stay are none of these values: what is larger gets the outermost code. */
    @Override
    public void encode(Piece piece, DType result) {
        if (piece.among(measured().keeps()) == 0) {
            scheme.encode(piece, result);
            return;
        }
        float[] exact = Arrays.copyOf(piece.values(), piece.count());
        scheme.cut(piece);
        scheme.encode(piece, result);
        System.arraycopy(exact, 0, piece.values(), 0, exact.length);
    }

    @Override
    public double squaredSteps(Piece piece, int unit) {
        return scheme.squaredSteps(piece, unit);
    }
}
