package io.graft.modifiers.lora.extract;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.StoredTensor;
import io.graft.layer.LayerKind;
import io.graft.lora.dialect.AdapterTensor;
import io.graft.lora.dialect.AdapterUpdate;
import io.graft.modifiers.lora.matrix.FloatMatrix;
import io.graft.modifiers.lora.matrix.LargestParts;
import io.graft.modifiers.lora.matrix.Matrices;
import io.graft.modifiers.lora.matrix.Singular;
import io.graft.modifiers.lora.resize.SingularValues;
import io.graft.modifiers.lora.resize.Spectrum;
import io.graft.modifiers.lora.resize.TargetRank;
import io.graft.modifiers.lora.update.Arrangement;
import io.graft.modifiers.lora.update.Factors;
import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.LazyTensors.Output;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** What a training made of one weight, as two factors. The largest parts are found in 32 bits. */
final class WeightDifference {
    /** Parts that are looked for beyond those that are wanted, without which the last of these are not exact. */
    private static final int MORE = 4;

    /** After so many blocks, what has not settled is one of many parts that are as large. */
    private static final int BLOCKS = 8;

    /** What is lost of a difference of which so many other parts hold as much that it matters little which ones are kept. */
    private static final double NEARLY_ALL = 0.87;

    private static final int FEW_BLOCKS = 3;

    /** Of the norm; of less, what is lost is not told by the values to four places. */
    private static final double MUCH = 0.3;

    private final String module;
    private final LayerKind kind;
    private final StoredTensor before;
    private final StoredTensor after;
    private final TargetRank target;

    /** @param module the path of its module */
    WeightDifference(String module, LayerKind kind, StoredTensor before, StoredTensor after, TargetRank target) {
        this.module = module;
        this.kind = kind;
        this.before = before;
        this.after = after;
        this.target = target;
    }

    /**
     * Two factors of a weight.
     *
     * @param energy the sum of the squares of the difference
     * @param lost that of what the factors lack
     */
    record Found(WeightDifference of, int rank, double energy, double lost, List<ComputedTensor> factors) {
        ExtractedUpdate described() {
            return new ExtractedUpdate(of.module, rank, Math.sqrt(lost / energy));
        }

        AdapterUpdate update() {
            boolean isEmbedding = of.kind == LayerKind.EMBEDDING;
            return new AdapterUpdate(
                    of.module,
                    isEmbedding,
                    of.factor(isEmbedding ? AdapterTensor.EMBEDDING_A : AdapterTensor.A, factors.get(0)),
                    of.factor(isEmbedding ? AdapterTensor.EMBEDDING_B : AdapterTensor.B, factors.get(1)),
                    Optional.empty(),
                    Optional.empty());
        }
    }

    private AdapterTensor factor(String slot, LazyTensor value) {
        return new AdapterTensor(slot + " of " + module, module, slot, value);
    }

    /** Whether the weight is stored as {@code [in, out]}, and no table. */
    boolean isTransposed() {
        return kind == LayerKind.TRANSPOSED;
    }

    String name() {
        return before.entry().name();
    }

    /** What was trained from. */
    StoredTensor base() {
        return before;
    }

    /**
     * The factors; empty if nothing differs. They are kept as long as there is memory for them, and else computed again.
     *
     * @throws CheckpointException if a value is not finite
     */
    Optional<Found> find() throws IOException {
        FloatMatrix matrix = FloatMatrix.difference(after, before);
        double energy = matrix.squares();
        if (energy == 0) {
            return Optional.empty();
        }
        if (!Double.isFinite(energy)) {
            throw new CheckpointException(
                    Reason.MALFORMED,
                    after.entry().range().file(),
                    "the difference of `" + name() + "` from the base is not finite",
                    "extract from a training that did not diverge");
        }
        Largest largest = largest(matrix, energy);
        int rank = largest.rank();
        double[] b = largest.spectrum().b(rank);
        double[] a = largest.spectrum().a(rank);
        List<TensorData> both = data(b, a, rank);
        SoftReference<List<TensorData>> kept = new SoftReference<>(both);
        Shape shape = before.shape();
        String operation = "difference at rank " + rank;
        List<ComputedTensor> factors = LazyTensors.joint(
                List.of(before, after),
                List.of(
                        new Output(operation, dtype(), way().a(shape, rank)),
                        new Output(operation, dtype(), way().b(shape, rank))),
                () -> {
                    List<TensorData> known = kept.get();
                    return known == null ? again(rank) : known;
                });
        return Optional.of(new Found(this, rank, energy, lost(matrix, energy, largest, b, a), factors));
    }

    /** A product of the factors tells it; where it is large, so do the values, for less. */
    private static double lost(FloatMatrix matrix, double energy, Largest largest, double[] b, double[] a)
            throws IOException {
        double lost = largest.spectrum().values().among(energy).lostAt(largest.rank());
        return lost > MUCH ? lost * lost * energy : matrix.squaresWithout(b, a, largest.rank());
    }

    private List<TensorData> again(int rank) throws IOException {
        FloatMatrix matrix = FloatMatrix.difference(after, before);
        Largest largest = largest(matrix, matrix.squares());
        return data(largest.spectrum().b(rank), largest.spectrum().a(rank), rank);
    }

    private record Largest(Spectrum spectrum, int rank) {}

    /** More parts are looked for until there are more than the rule wants, and these stay as they are. */
    private Largest largest(FloatMatrix matrix, double energy) throws IOException {
        int highest = Math.min(matrix.height(), matrix.width());
        LargestParts parts =
                new LargestParts(matrix, Math.min(highest, target.likely() + MORE), new Random(name().hashCode()));
        // beyond, all of them are had for less
        while (2 * (parts.values().length + target.likely() + MORE) <= highest) {
            parts.look();
            double[] values = parts.values();
            SingularValues known = new SingularValues(values).among(energy);
            int rank = target.of(highest, known);
            boolean areEnough = rank + MORE <= values.length || (parts.areAll() && rank <= values.length);
            int most = (known.lostAt(rank) > NEARLY_ALL ? FEW_BLOCKS : BLOCKS) * (rank + MORE);
            if (areEnough && (parts.areSettled(rank) || values.length >= most)) {
                return new Largest(Spectrum.of(parts.largest(rank)), rank);
            }
            if (parts.areAll()) {
                break;
            }
        }
        return all(matrix, highest);
    }

    private Largest all(FloatMatrix matrix, int highest) {
        Spectrum spectrum = Spectrum.of(Singular.of(matrix.wide())
                .orElseThrow(() -> new ArithmeticException("the singular values of `" + name() + "` do not converge")));
        return new Largest(spectrum, target.of(highest, spectrum.values()));
    }

    private List<TensorData> data(double[] left, double[] right, int rank) {
        boolean liesAcross = way() == Arrangement.TRANSPOSED;
        double[] a = liesAcross ? Matrices.transposed(left, rank) : right;
        double[] b = liesAcross ? Matrices.transposed(right, right.length / rank) : left;
        return List.of(Matrices.data(a, dtype()), Matrices.data(b, dtype()));
    }

    private Arrangement way() {
        return switch (kind) {
            case LINEAR -> Arrangement.LINEAR;
            case TRANSPOSED, EMBEDDING -> Arrangement.TRANSPOSED;
            case CONVOLUTION -> Arrangement.CONVOLUTION;
        };
    }

    private DType dtype() {
        return Factors.dtypeFor(before.dtype());
    }
}
