package io.graft.tensor.expression.bands.numbers;

import io.graft.tensor.ElementBlock;
import java.util.Arrays;

/** An array of numbers of one kind. */
public final class Numbers {
    private final Kind kind;
    private final float[] floats;
    private final double[] doubles;
    private final long[] longs;

    private Numbers(Kind kind, float[] floats, double[] doubles, long[] longs) {
        this.kind = kind;
        this.floats = floats;
        this.doubles = doubles;
        this.longs = longs;
    }

    /** So many zeros. */
    public static Numbers of(Kind kind, int size) {
        return switch (kind) {
            case FLOATS -> of(new float[size]);
            case DOUBLES -> of(new double[size]);
            case LONGS -> of(new long[size]);
        };
    }

    /** An array, not copied. */
    public static Numbers of(float[] floats) {
        return new Numbers(Kind.FLOATS, floats, null, null);
    }

    /** An array, not copied. */
    public static Numbers of(double[] doubles) {
        return new Numbers(Kind.DOUBLES, null, doubles, null);
    }

    /** An array, not copied. */
    public static Numbers of(long[] longs) {
        return new Numbers(Kind.LONGS, null, null, longs);
    }

    /** The numbers in a block, which was just read or is to be filled. */
    public static Numbers in(ElementBlock block, Kind kind) {
        return switch (kind) {
            case FLOATS -> of(block.floats());
            case DOUBLES -> of(block.doubles());
            case LONGS -> of(block.longs());
        };
    }

    /** Which of the arrays there is. */
    public Kind kind() {
        return kind;
    }

    /** The array itself; null if they are of another kind. */
    public float[] floats() {
        return floats;
    }

    /** The array itself; null if they are of another kind. */
    public double[] doubles() {
        return doubles;
    }

    /** The array itself; null if they are of another kind. */
    public long[] longs() {
        return longs;
    }

    /** How many there are. */
    public int size() {
        return switch (kind) {
            case FLOATS -> floats.length;
            case DOUBLES -> doubles.length;
            case LONGS -> longs.length;
        };
    }

    private Object array() {
        return switch (kind) {
            case FLOATS -> floats;
            case DOUBLES -> doubles;
            case LONGS -> longs;
        };
    }

    /** Copies numbers of the same kind. */
    public void copy(int at, Numbers from, int first, int count) {
        System.arraycopy(from.array(), first, array(), at, count);
    }

    /** Copies numbers of the same kind that lie a step apart. */
    public void gather(int at, Numbers from, int first, int step, int count) {
        if (step == 1) {
            copy(at, from, first, count);
            return;
        }
        int end = at + count;
        int place = first;
        switch (kind) {
            case FLOATS -> {
                if (step == 0) {
                    Arrays.fill(floats, at, end, from.floats[first]);
                    return;
                }
                for (int i = at; i < end; i++, place += step) {
                    floats[i] = from.floats[place];
                }
            }
            case DOUBLES -> {
                for (int i = at; i < end; i++, place += step) {
                    doubles[i] = from.doubles[place];
                }
            }
            case LONGS -> {
                for (int i = at; i < end; i++, place += step) {
                    longs[i] = from.longs[place];
                }
            }
        }
    }

    /** Gives all the same value. */
    public void fill(double value) {
        switch (kind) {
            case FLOATS -> Arrays.fill(floats, (float) value);
            case DOUBLES -> Arrays.fill(doubles, value);
            case LONGS -> Arrays.fill(longs, (long) value);
        }
    }
}
