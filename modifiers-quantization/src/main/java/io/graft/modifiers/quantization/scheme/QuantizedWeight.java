package io.graft.modifiers.quantization.scheme;

import io.graft.model.parametrization.Loss;
import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.ElementRanges;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A weight and what a scheme makes of it, for a layout to take its stored tensors from. Nothing is computed before a tensor is read;
 * then codes come piece by piece, so that they take no memory to speak of, and scales are kept as long as memory suffices. How far the
 * codes are from the values is measured on the way.
 */
public final class QuantizedWeight implements Loss {
    /** Values of a piece, about: they fit into the cache of a core. */
    private static final int PIECE = 1 << 14;

    /** Pieces that a thread takes at once where all of them are looked at. */
    private static final int TOGETHER = 1 << 6;

    private final String name;
    private final LazyTensor weight;
    private final Scheme scheme;
    private final DType result;
    private final double allowed;
    private final Grid grid;
    private final long count;
    private final int length;
    private final double[] squares;
    private final double[] errors;
    private SoftReference<Scales> known = new SoftReference<>(null);

    /**
     * Of a weight of floating-point numbers of up to 32 bits.
     *
     * @param name the weight's, for messages
     * @param result the dtype that values are rounded to when they are restored
     * @param allowed the largest relative error that is put up with
     * @throws IllegalArgumentException if the scheme cannot cut it; see {@link Scheme#grid}
     */
    public QuantizedWeight(String name, LazyTensor weight, Scheme scheme, DType result, double allowed) {
        this.name = name;
        this.weight = weight;
        this.scheme = scheme;
        this.result = result;
        this.allowed = allowed;
        this.grid = scheme.grid(weight.shape());
        this.count = weight.shape().elementCount();
        this.length = Math.max(1, PIECE / grid.unit()) * grid.unit();
        int pieces = Math.toIntExact((count + length - 1) / length);
        this.squares = new double[pieces];
        this.errors = new double[pieces];
        Arrays.fill(errors, Double.NaN);
    }

    /** Its name, for messages. */
    public String name() {
        return name;
    }

    /** What is done with it. */
    public Scheme scheme() {
        return scheme;
    }

    /** Its shape. */
    public Shape shape() {
        return weight.shape();
    }

    /** What its values are rounded to when they are restored. */
    public DType result() {
        return result;
    }

    /** How many scales there are. */
    public long scaleCount() {
        return Math.multiplyExact(grid.units(count), grid.scales());
    }

    /** The codes as a stored tensor, which has as many bytes as the packing says. */
    public LazyTensor codes(DType dtype, Shape shape, Packing packing) {
        return new Stored("codes of " + scheme.description(), dtype, shape, List.of(weight), () -> {
            TensorData values = weight.materialize();
            return new PackedCodes(
                    packing,
                    count,
                    length,
                    values.isDivisible(),
                    new Pass(values, scheme.roundsScales() ? scales() : known()));
        });
    }

    /** Bytes of a stored tensor, from the scales of a whole weight. */
    @FunctionalInterface
    public interface OfScales {
        /** Makes them. */
        TensorData make(float[] scales);
    }

    /** A stored tensor that comes of the scales: themselves, or what they are in fewer bits. */
    public LazyTensor ofScales(String operation, DType dtype, Shape shape, OfScales bytes) {
        return new Stored(operation, dtype, shape, List.of(weight), () -> bytes.make(scales().own));
    }

    @Override
    public double expected() {
        return scheme.expectedError(weight.shape());
    }

    @Override
    public double allowed() {
        return allowed;
    }

    @Override
    public OptionalDouble measured() {
        double error = Arrays.stream(errors).sum();
        double square = Arrays.stream(squares).sum();
        if (Double.isNaN(error)) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(error == 0 ? 0 : Math.sqrt(error / square));
    }

    private synchronized Scales known() {
        return known.get();
    }

    private synchronized Scales scales() throws IOException {
        Scales found = known.get();
        if (found == null) {
            float[] all = new float[Math.toIntExact(scaleCount())];
            Pass pass = new Pass(weight.materialize(), null);
            ElementRanges.forEach(count, (long) TOGETHER * length, pass.values.isDivisible(), (first, end) -> {
                Piece piece = pass.room();
                for (long at = first; at < end; at += length) {
                    pass.read(piece, at);
                    scheme.scale(piece, result);
                    piece.give(all);
                }
            });
            found = new Scales(all, scheme.restored(all));
            known = new SoftReference<>(found);
        }
        return found;
    }

    /** The scales of the whole weight, and what the stored ones give again. */
    private static final class Scales {
        private final float[] own;
        private final float[] restored;

        Scales(float[] own, float[] restored) {
            this.own = own;
            this.restored = restored;
        }
    }

    /** A look at the values. */
    private final class Pass implements PackedCodes.Encoding {
        private final TensorData values;
        private final Scales scales;

        /** @param scales null if they are not known yet */
        Pass(TensorData values, Scales scales) {
            this.values = values;
            this.scales = scales;
        }

        @Override
        public Piece room() {
            return new Piece(name, grid, weight.shape(), length / grid.unit());
        }

        void read(Piece piece, long first) throws IOException {
            piece.read(values, weight.dtype(), first, (int) Math.min(length, count - first));
        }

        @Override
        public void encode(Piece piece, long first) throws IOException {
            read(piece, first);
            if (scales == null) {
                scheme.scale(piece, result);
                piece.keepScales();
            } else {
                piece.take(scales.own, scales.restored);
            }
            scheme.encode(piece, result);
            int index = (int) (first / length);
            squares[index] = piece.squares();
            errors[index] = piece.squaredErrors();
        }
    }

    /** Something that is computed of the weight when it is read. */
    private record Stored(String operation, DType dtype, Shape shape, List<LazyTensor> inputs, Making making)
            implements ComputedTensor {
        @FunctionalInterface
        private interface Making {
            TensorData make() throws IOException;
        }

        @Override
        public TensorData materialize() throws IOException {
            return making.make();
        }
    }
}
