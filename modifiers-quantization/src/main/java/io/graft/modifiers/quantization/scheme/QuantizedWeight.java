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
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A weight and what a scheme makes of it, for a layout to take its stored tensors from. Nothing is computed before a tensor is read;
 * then codes come piece by piece, so that they take no memory to speak of, and the scales that they leave behind are kept as long as
 * memory suffices: whoever reads codes first reads the weight once. How far the codes are from the values is measured on the way.
 */
public final class QuantizedWeight implements Loss {
    /** Values of a piece, about: they fit into the cache of a core. */
    private static final int PIECE = 1 << 13;

    /** Pieces that a thread takes at once where all of them are looked at. */
    private static final int TOGETHER = 1 << 7;

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
    private SoftReference<FoundScales> found = new SoftReference<>(null);

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
        return new Stored(this, "codes of " + scheme.description(), dtype, shape, () -> {
            TensorData values = weight.materialize();
            return new PackedCodes(
                    packing,
                    count,
                    length,
                    values.isDivisible(),
                    new Pass(values, scheme.roundsScales() ? scales() : found()));
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
        return new Stored(this, operation, dtype, shape, () -> bytes.make(scales().own()));
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

    /** Those scales that are known, for more to be added. */
    private synchronized FoundScales found() {
        FoundScales known = found.get();
        if (known == null) {
            known = new FoundScales(Math.toIntExact(scaleCount()));
            found = new SoftReference<>(known);
        }
        return known;
    }

    /** All scales: those of pieces that gave none are computed. */
    private synchronized FoundScales scales() throws IOException {
        FoundScales scales = found();
        if (scales.restored() == null) {
            if (scales.pieces() < squares.length) {
                TensorData values = weight.materialize();
                Pass pass = new Pass(values, scales);
                ElementRanges.forEach(count, (long) TOGETHER * length, values.isDivisible(), pass::scale);
            }
            scales.complete(scheme.restored(scales.own()));
        }
        return scales;
    }

    private int index(long first) {
        return (int) (first / length);
    }

    /** A look at the values. */
    private final class Pass implements PackedCodes.Encoding {
        private final TensorData values;
        private final FoundScales scales;

        Pass(TensorData values, FoundScales scales) {
            this.values = values;
            this.scales = scales;
        }

        @Override
        public Piece room() {
            return new Piece(name, grid, weight.shape(), length / grid.unit());
        }

        private void read(Piece piece, long first, long end) throws IOException {
            piece.read(values, weight.dtype(), first, (int) Math.min(length, count - first), Math.min(end, count));
        }

        /** Finds the scales of pieces that have given none. */
        void scale(long start, long end) throws IOException {
            Piece piece = room();
            for (long first = start; first < end; first += length) {
                if (!scales.has(index(first))) {
                    read(piece, first, end);
                    scheme.scale(piece, result);
                    scales.add(piece, index(first));
                }
            }
        }

        @Override
        public void encode(Piece piece, long first, long end) throws IOException {
            read(piece, first, end);
            float[] restored = scales.restored();
            if (restored == null) {
                scheme.scale(piece, result);
                piece.keepScales();
                scales.add(piece, index(first));
            } else {
                piece.take(scales.own(), restored);
            }
            scheme.encode(piece, result);
            squares[index(first)] = piece.squares();
            errors[index(first)] = piece.squaredErrors();
        }
    }

    /** Something that is computed of the weight when it is read. */
    private record Stored(QuantizedWeight of, String operation, DType dtype, Shape shape, Making making)
            implements ComputedTensor {
        @FunctionalInterface
        private interface Making {
            TensorData make() throws IOException;
        }

        @Override
        public List<LazyTensor> inputs() {
            return List.of(of.weight);
        }

        @Override
        public Optional<Object> pass() {
            return Optional.of(of);
        }

        @Override
        public TensorData materialize() throws IOException {
            return making.make();
        }
    }
}
