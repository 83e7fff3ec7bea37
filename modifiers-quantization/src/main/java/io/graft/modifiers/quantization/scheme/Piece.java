package io.graft.modifiers.quantization.scheme;

import io.graft.tensor.DType;
import io.graft.tensor.ElementBlock;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Some units of a weight on their way from values to codes. Not for use by several threads at once. */
public final class Piece {
    /** Bytes that are read at once. */
    private static final int READ = 1 << 18;

    private static final int SHORT = 1 << 9;
    private static final int MAGNITUDE = 0x7fffffff;

    private final String name;
    private final Grid grid;
    private final Shape shape;
    private final float[] values;
    private final float[] restored;
    private final byte[] codes;
    private final float[] scales;
    private final float[] restoredScales;
    private final ElementBlock block;
    private final Scratch scratch;
    private final ByteBuffer room;
    private final SquareSums sums = new SquareSums();
    private long first;
    private int count;

    /** What is read already beyond the piece, and where it begins and ends. */
    private TensorData.@Nullable Elements ahead;

    private long next;
    private long end;

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
        this.scratch = new Scratch(size);
        this.room = ByteBuffer.allocate(Math.max(READ, size * Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Takes values of the weight, whole units.
     *
     * @param from the first one
     * @param many how many
     * @param last where it goes on to be read up to, so that the next pieces' values are read with these
     */
    void read(TensorData data, DType dtype, long from, int many, long last) throws IOException {
        if (ahead == null || from != next || from + many > end) {
            int together = (int) Math.min(last - from, many * Math.max(1L, READ / Float.BYTES / many));
            ahead = data.elements(dtype, from, together, room);
            end = from + together;
        }
        first = from;
        count = many;
        next = from + many;
        for (int done = 0; done < many; ) {
            int now = Math.min(block.capacity(), many - done);
            ahead.next(block, now);
            System.arraycopy(block.floats(), 0, values, done, now);
            done += now;
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

    /** Room for as many numbers. */
    Scratch scratch() {
        return scratch;
    }

    /** Takes what is known of the whole weight. */
    void take(float[] all, float[] allRestored) {
        System.arraycopy(all, place(), scales, 0, units() * grid.scales());
        System.arraycopy(allRestored, place(), restoredScales, 0, units() * grid.scales());
    }

    /** Takes the scales of some units, as they are known of the whole weight. */
    void take(boolean[] units, float[] all) {
        for (int unit = 0; unit < units(); unit++) {
            if (units[unitPlace() + unit]) {
                System.arraycopy(all, place() + unit * grid.scales(), scales, unit * grid.scales(), grid.scales());
            }
        }
    }

    /** How many of its units are among some of the whole weight. */
    int among(boolean[] units) {
        int among = 0;
        for (int unit = 0; unit < units(); unit++) {
            among += units[unitPlace() + unit] ? 1 : 0;
        }
        return among;
    }

    /** Which unit of the weight is its first. */
    int unitPlace() {
        return Math.toIntExact(first / grid.unit());
    }

    /** Has the stored scales give its own ones again. */
    void keepScales() {
        System.arraycopy(scales, 0, restoredScales, 0, units() * grid.scales());
    }

    /** Has its codes stand for the values of another one. */
    void standFor(Piece other) {
        System.arraycopy(other.values, 0, restored, 0, count);
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
        float magnitude = to - from < SHORT ? ofFew(from, to) : ofMany(from, to);
        if (!Float.isFinite(magnitude)) {
            throw notFinite(from, to);
        }
        return magnitude;
    }

    /** With vector instructions, which pay for long runs only. */
    private float ofMany(int from, int to) {
        float largest = 0;
        for (int i = from; i < to; i++) {
            // Gives NaN for NaN.
            largest = Math.max(largest, Math.abs(values[i]));
        }
        return largest;
    }

    /** By bits: the larger magnitude has the larger ones, and whatever is no finite number larger ones still. */
    private float ofFew(int from, int to) {
        int a = 0;
        int b = 0;
        int c = 0;
        int d = 0;
        int i = from;
        for (; i + 3 < to; i += 4) {
            a = Math.max(a, Float.floatToRawIntBits(values[i]) & MAGNITUDE);
            b = Math.max(b, Float.floatToRawIntBits(values[i + 1]) & MAGNITUDE);
            c = Math.max(c, Float.floatToRawIntBits(values[i + 2]) & MAGNITUDE);
            d = Math.max(d, Float.floatToRawIntBits(values[i + 3]) & MAGNITUDE);
        }
        for (; i < to; i++) {
            a = Math.max(a, Float.floatToRawIntBits(values[i]) & MAGNITUDE);
        }
        return Float.intBitsToFloat(Math.max(Math.max(a, b), Math.max(c, d)));
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

    /** The squared norm of the values. */
    double squares() {
        return sums.of(values, count);
    }

    /** The squared norm of the differences between the values and what their codes stand for. */
    double squaredErrors() {
        return sums.ofDifferences(values, restored, count);
    }

    /** The square of the first scale of a unit, for each of its values. */
    double squaredScale(int unit) {
        double scale = scales[unit * grid.scales()];
        return scale * scale * (end(unit) - unit * grid.unit());
    }

    /** The squared norm of the differences between the values of a unit and what their codes stand for. */
    double squaredErrors(int unit) {
        return SquareSums.exact(values, restored, unit * grid.unit(), end(unit));
    }

    /** Puts the products of the values of each unit with what their codes stand for, and the squares of that, among those of the whole weight. */
    void giveProducts(float[] products, float[] powers) {
        for (int unit = 0; unit < units(); unit++) {
            int from = unit * grid.unit();
            products[unitPlace() + unit] = SquareSums.products(values, restored, from, end(unit));
            powers[unitPlace() + unit] = SquareSums.products(restored, restored, from, end(unit));
        }
    }

    private int end(int unit) {
        return Math.min(count, (unit + 1) * grid.unit());
    }
}
