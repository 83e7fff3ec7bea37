package io.graft.modifiers.quantization.scheme;

import io.graft.model.parametrization.Loss;
import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A weight and what a scheme makes of it, for a layout to take its stored tensors from. Nothing is computed before a tensor is read;
 * then codes come piece by piece, so that they take no memory to speak of, and the scales that they leave behind are kept as long as
 * memory suffices: whoever reads codes first reads the weight once, but where one scale is for all. How far the codes are from the values is measured on the way.
 */
public final class QuantizedWeight implements Loss {
    private final String name;
    private final LazyTensor weight;
    private final Scheme scheme;
    private final DType result;
    private final double allowed;
    private final Pieces pieces;
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
        this.pieces = new Pieces(name, scheme.grid(weight.shape()), weight.shape());
        this.squares = new double[pieces.number()];
        this.errors = new double[pieces.number()];
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
        return pieces.scales();
    }

    /** The codes as a stored tensor, which has as many bytes as the packing says. */
    public LazyTensor codes(DType dtype, Shape shape, Packing packing) {
        return new Stored(this, "codes of " + scheme.description(), dtype, shape, () -> {
            TensorData values = weight.materialize();
            return new ComputedCodes(
                    packing,
                    pieces.count(),
                    pieces.length(),
                    values.isDivisible(),
                    new Pass(values, scheme.sharesScale() ? scales() : found()));
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
            int count = scheme.storesScales() ? Math.toIntExact(scaleCount()) : 0;
            known = new FoundScales(
                    count, new EarlyErrors(errors, scheme.roundsScales() ? count : 0, pieces.unitsOfPiece()));
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
                pieces.forEach(values.isDivisible(), pass::scale);
            }
            scales.complete(scheme.restored(scales.own()));
        }
        return scales;
    }

    /** A look at the values. */
    private final class Pass implements ComputedCodes.Encoding {
        private final TensorData values;
        private final FoundScales scales;

        Pass(TensorData values, FoundScales scales) {
            this.values = values;
            this.scales = scales;
        }

        @Override
        public Piece room() {
            return pieces.room();
        }

        private void read(Piece piece, long first, long end) throws IOException {
            pieces.read(piece, values, weight.dtype(), first, end);
        }

        /** Finds the scales of pieces that have given none. */
        void scale(long start, long end) throws IOException {
            Piece piece = room();
            for (long first = start; first < end; first += pieces.length()) {
                if (!scales.has(pieces.index(first))) {
                    read(piece, first, end);
                    scheme.scale(piece, result);
                    scales.add(piece, pieces.index(first));
                }
            }
        }

        @Override
        public void encode(Piece piece, long first, long end) throws IOException {
            read(piece, first, end);
            int index = pieces.index(first);
            if (scales.restored() == null && isEncodedByItself(piece, index)) {
                return;
            }
            piece.take(scales.own(), Objects.requireNonNull(scales.restored()));
            errors[index] = encoded(piece, index);
        }

        /** Encodes a piece by its own scales; false if it is known meanwhile what all of them give again. */
        private boolean isEncodedByItself(Piece piece, int index) throws IOException {
            scheme.scale(piece, result);
            piece.keepScales();
            double error = encoded(piece, index);
            if (!scheme.storesScales()) {
                errors[index] = error;
                return true;
            }
            boolean isTaken = scales.add(piece, index, error);
            if (isTaken && scheme.roundsScales() && scales.pieces() == squares.length) {
                scales();
            }
            return isTaken;
        }

        /** Encodes a piece, and gives the squared error. */
        private double encoded(Piece piece, int index) {
            scheme.encode(piece, result);
            squares[index] = piece.squares();
            return piece.squaredErrors();
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
