package io.graft.modifiers.quantization.scheme;

import io.graft.tensor.DType;
import io.graft.tensor.ElementBlock;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Some units of a weight on their way from values to codes. Not for use by several threads at once. */
public final class Piece {
    private static final ByteBuffer NO_ROOM = ByteBuffer.allocate(0);

    private final String name;
    private final Grid grid;
    private final Shape shape;
    private final float[] values;
    private final float[] restored;
    private final byte[] codes;
    private final float[] scales;
    private final float[] restoredScales;
    private final ElementBlock block;
    private long first;
    private int count;

    /**
     * Room for pieces of a weight.
     *
     * @param name of the weight
     * @param shape of the weight
     * @param units the most that a piece has
     */
    Piece(String name, Grid grid, Shape shape, int units) {
        this.name = name;
        this.grid = grid;
        this.shape = shape;
        int size = (int) Math.min(shape.elementCount(), (long) units * grid.unit());
        this.values = new float[size];
        this.restored = new float[size];
        this.codes = new byte[Math.max(size, units * grid.codes())];
        this.scales = new float[units * grid.scales()];
        this.restoredScales = new float[scales.length];
        this.block = new ElementBlock(size);
    }

    /** Takes values of the weight, whole units. */
    void read(TensorData data, DType dtype, long from, int many) throws IOException {
        first = from;
        count = many;
        TensorData.Elements elements = data.elements(dtype, from, many, NO_ROOM);
        for (int done = 0; done < many; ) {
            int next = Math.min(block.capacity(), many - done);
            elements.next(block, next);
            System.arraycopy(block.floats(), 0, values, done, next);
            done += next;
        }
    }

    /** The values; as many as {@link #count} says. */
    public float[] values() {
        return values;
    }

    /** How many values there are. */
    public int count() {
        return count;
    }

    /** The place of the first value in the weight. */
    public long first() {
        return first;
    }

    /** The shape of the weight. */
    public Shape shape() {
        return shape;
    }

    /** How many values a unit has; the last one may have fewer. */
    public int unit() {
        return grid.unit();
    }

    /** How many units there are. */
    public int units() {
        return (int) grid.units(count);
    }

    /** A code for each value, to be filled. */
    public byte[] codes() {
        return codes;
    }

    /** What the codes stand for, to be filled. */
    public float[] restored() {
        return restored;
    }

    /** The scales of each unit, one unit after the other, to be filled. */
    public float[] scales() {
        return scales;
    }

    /** What the stored scales give again. */
    public float[] restoredScales() {
        return restoredScales;
    }

    /** Takes what is known of the whole weight. */
    void take(float[] all, float[] allRestored) {
        System.arraycopy(all, place(), scales, 0, units() * grid.scales());
        System.arraycopy(allRestored, place(), restoredScales, 0, units() * grid.scales());
    }

    /** Has the stored scales give its own ones again. */
    void keepScales() {
        System.arraycopy(scales, 0, restoredScales, 0, units() * grid.scales());
    }

    /** Puts its scales among those of the whole weight. */
    void give(float[] all) {
        System.arraycopy(scales, 0, all, place(), units() * grid.scales());
    }

    private int place() {
        return Math.toIntExact(first / grid.unit() * grid.scales());
    }

    /**
     * The largest magnitude of some values.
     *
     * @throws IOException if one of them is NaN or infinite
     */
    public float largest(int from, int to) throws IOException {
        int largest = 0;
        // Of two magnitudes the larger one has the larger bits, and whatever is no finite number larger ones still.
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Float.floatToRawIntBits(values[i]) & 0x7fffffff);
        }
        float magnitude = Float.intBitsToFloat(largest);
        if (!Float.isFinite(magnitude)) {
            throw notFinite(from, to);
        }
        return magnitude;
    }

    private IOException notFinite(int from, int to) {
        int at = from;
        while (at < to - 1 && Float.isFinite(values[at])) {
            at++;
        }
        return refused(at, "and finite numbers alone can be quantized");
    }

    /**
     * That a value cannot be quantized.
     *
     * @param at its place in the piece
     * @param why as the end of a sentence
     */
    public IOException refused(int at, String why) {
        return new UnquantizableException(
                "`" + name + "` holds " + values[at] + " at " + place(first + at) + ", " + why);
    }

    private String place(long element) {
        long[] place = new long[shape.rank()];
        long rest = element;
        for (int axis = place.length - 1; axis >= 0; axis--) {
            place[axis] = rest % shape.dimension(axis);
            rest /= shape.dimension(axis);
        }
        return Arrays.toString(place);
    }

    /** The squared norm of the values. Summed four times over, since a processor does not wait for one sum to add to the next. */
    double squares() {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; i + 3 < count; i += 4) {
            a += (double) values[i] * values[i];
            b += (double) values[i + 1] * values[i + 1];
            c += (double) values[i + 2] * values[i + 2];
            d += (double) values[i + 3] * values[i + 3];
        }
        for (; i < count; i++) {
            a += (double) values[i] * values[i];
        }
        return a + b + c + d;
    }

    /** The squared norm of the differences between the values and what their codes stand for. */
    double squaredErrors() {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; i + 3 < count; i += 4) {
            a += square(i);
            b += square(i + 1);
            c += square(i + 2);
            d += square(i + 3);
        }
        for (; i < count; i++) {
            a += square(i);
        }
        return a + b + c + d;
    }

    private double square(int at) {
        double difference = (double) values[at] - restored[at];
        return difference * difference;
    }
}
