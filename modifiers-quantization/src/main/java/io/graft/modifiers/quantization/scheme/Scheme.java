package io.graft.modifiers.quantization.scheme;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;

/**
 * A way to give the values of a weight fewer bits: groups of them get scales, by which they become codes. Arithmetic in float32, bit for
 * bit as its reference has it. A record: two that are equal do the same.
 */
public interface Scheme {
    /** As options spell it: {@code nf4}. */
    String id();

    /** What it does, in a few words, for whoever asks where values come from: {@code nf4 in blocks of 64}. */
    String description();

    /**
     * How the values of a weight are cut.
     *
     * @throws IllegalArgumentException if those of this shape cannot be; the message says why, as a sentence that goes on after the
     *     tensor's name
     */
    Grid grid(Shape weight);

    /** The relative error, {@code ‖W − Ŵ‖ / ‖W‖}, that weights have which are normally distributed. */
    double expectedError(Shape weight);

    /**
     * Puts the scales of a piece into it.
     *
     * @param result the dtype that values are rounded to when they are restored
     * @throws IOException if its values have none; see {@link Piece#largest}
     */
    void scale(Piece piece, DType result) throws IOException;

    /**
     * What the stored scales of a weight give again, where they are stored in fewer bits themselves; the same array where they are not.
     *
     * @param scales all of them, in order
     */
    default float[] restored(float[] scales) {
        return scales;
    }

    /** Whether {@link #restored} needs all scales, so that no code's value is known before all of them are. */
    default boolean roundsScales() {
        return false;
    }

    /** Whether there is one scale for all, so that no code is known before all values are. */
    default boolean sharesScale() {
        return false;
    }

    /** Whether scales are stored beside codes, and not among them. */
    default boolean storesScales() {
        return true;
    }

    /**
     * Puts codes into a piece whose scales are there, and what they stand for.
     *
     * @param result the dtype that this is rounded to
     */
    void encode(Piece piece, DType result);

    /**
     * Cuts the values of a piece to what its scales can hold, where these are not its own and codes would not stand for the outermost
     * numbers by themselves.
     */
    default void cut(Piece piece) {}

    /**
     * The distance of codes: the sum of the squared step over the values of a unit, which are those that codes stand for, with the scales
     * that are theirs. A step is from the number that a code stands for to the next larger magnitude, or the mean of all codes.
     */
    double squaredSteps(Piece piece, int unit);
}
