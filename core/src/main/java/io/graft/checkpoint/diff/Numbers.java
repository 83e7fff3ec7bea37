package io.graft.checkpoint.diff;

import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.diff.ValueDiff.Special;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;

/** A window on the elements of a tensor as numbers that can be compared. */
sealed interface Numbers {
    /** Elements from here on become the window's. */
    void load(long from, int count) throws IOException;

    /** Whether the elements at a place of two windows of the same kind are equal. */
    boolean isEqual(Numbers other, int at);

    double distance(Numbers other, int at);

    double magnitude(int at);

    String text(int at);

    /** Whether there are elements that are no finite numbers. */
    boolean mayBeSpecial();

    /** Counts what the window holds and is no finite number. */
    Special special();

    /** Whether two dtypes are integers, or truth values, that fit into the same 64 bits. */
    static boolean areWholeAlike(DType a, DType b) {
        return isWhole(a) && isWhole(b) && (a == DType.U64) == (b == DType.U64);
    }

    /**
     * @param exact whether the elements are integers to be compared as such
     */
    static Numbers of(TensorEntry tensor, boolean exact) {
        return exact ? new Whole(tensor) : new Real(tensor);
    }

    private static boolean isWhole(DType dtype) {
        return !dtype.isFloatingPoint() && !dtype.isComplex();
    }

    private static TensorData converted(TensorData data, DType from, DType to) {
        return from == to ? data : new DTypeConversion(data, from, to);
    }

    /** Integers, to the last digit. */
    final class Whole implements Numbers {
        private final boolean unsigned;
        private final TensorData data;
        private long[] values = new long[0];

        Whole(TensorEntry tensor) {
            this.unsigned = tensor.dtype() == DType.U64;
            this.data = converted(tensor.data(), tensor.dtype(), unsigned ? DType.U64 : DType.I64);
        }

        @Override
        public void load(long from, int count) throws IOException {
            values = values.length == count ? values : new long[count];
            data.window(from * Long.BYTES, count * Long.BYTES).asLongBuffer().get(values);
        }

        @Override
        public boolean isEqual(Numbers other, int at) {
            return values[at] == ((Whole) other).values[at];
        }

        @Override
        public double distance(Numbers other, int at) {
            long here = values[at];
            long there = ((Whole) other).values[at];
            int order = unsigned ? Long.compareUnsigned(here, there) : Long.compare(here, there);
            // The difference of two 64-bit integers always fits into 64 bits without a sign.
            return unsignedToDouble(order > 0 ? here - there : there - here);
        }

        @Override
        public double magnitude(int at) {
            return unsigned ? unsignedToDouble(values[at]) : Math.abs((double) values[at]);
        }

        @Override
        public String text(int at) {
            return unsigned ? Long.toUnsignedString(values[at]) : Long.toString(values[at]);
        }

        @Override
        public boolean mayBeSpecial() {
            return false;
        }

        @Override
        public Special special() {
            return new Special(0, 0);
        }

        private static double unsignedToDouble(long value) {
            return value >= 0 ? value : ((value >>> 1) | (value & 1)) * 2.0;
        }
    }

    /** Numbers in double precision; a complex one has two of them. */
    final class Real implements Numbers {
        private final DType dtype;
        private final int parts;
        private final TensorData data;
        private double[] values = new double[0];

        Real(TensorEntry tensor) {
            this.dtype = tensor.dtype();
            this.parts = dtype.isComplex() ? 2 : 1;
            DType part = switch (dtype) {
                case C32 -> DType.F16;
                case C64 -> DType.F32;
                case C128 -> DType.F64;
                default -> dtype;
            };
            this.data = converted(tensor.data(), part, DType.F64);
        }

        @Override
        public void load(long from, int count) throws IOException {
            int size = count * parts;
            values = values.length == size ? values : new double[size];
            ByteBuffer window = data.window(from * parts * Double.BYTES, size * Double.BYTES);
            window.asDoubleBuffer().get(values);
        }

        @Override
        public boolean isEqual(Numbers other, int at) {
            double[] others = ((Real) other).values;
            for (int i = at * parts; i < (at + 1) * parts; i++) {
                if (values[i] != others[i] && !(Double.isNaN(values[i]) && Double.isNaN(others[i]))) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public double distance(Numbers other, int at) {
            double[] others = ((Real) other).values;
            if (parts == 1) {
                return distance(values[at], others[at]);
            }
            return Math.hypot(
                    distance(values[2 * at], others[2 * at]), distance(values[2 * at + 1], others[2 * at + 1]));
        }

        private static double distance(double here, double there) {
            if (here == there || (Double.isNaN(here) && Double.isNaN(there))) {
                return 0;
            }
            double distance = Math.abs(here - there);
            return Double.isNaN(distance) ? Double.POSITIVE_INFINITY : distance;
        }

        @Override
        public double magnitude(int at) {
            return parts == 1 ? Math.abs(values[at]) : Math.hypot(values[2 * at], values[2 * at + 1]);
        }

        @Override
        public String text(int at) {
            return parts == 1 ? text(values[at]) : text(values[2 * at]) + " + " + text(values[2 * at + 1]) + "i";
        }

        private String text(double value) {
            if (isWhole(dtype)) {
                return new BigDecimal(value).toPlainString();
            }
            return dtype == DType.F64 || dtype == DType.C128 ? Double.toString(value) : Float.toString((float) value);
        }

        @Override
        public boolean mayBeSpecial() {
            return !isWhole(dtype);
        }

        @Override
        public Special special() {
            long nan = 0;
            long infinite = 0;
            for (int i = 0; i < values.length; i += parts) {
                double re = values[i];
                double im = values[i + parts - 1];
                // Zero times a number is NaN unless the number is finite.
                if (re * 0 + im * 0 != 0) {
                    boolean isNan = Double.isNaN(re) || Double.isNaN(im);
                    nan += isNan ? 1 : 0;
                    infinite += isNan ? 0 : 1;
                }
            }
            return new Special(nan, infinite);
        }
    }
}
