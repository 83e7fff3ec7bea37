package io.graft.modifiers.lora.resize;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.lora.dialect.AdapterTensor;
import io.graft.lora.dialect.AdapterUpdate;
import io.graft.modifiers.lora.matrix.Matrices;
import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.LazyTensors.Output;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The factors of one update that gets another rank; nothing that is computed of them is kept. */
final class FactorPair {
    private final AdapterUpdate update;
    private final Path file;
    private final String impossible;

    /**
     * @param file the adapter's, for messages
     * @param impossible what cannot be done where the factors are none of a plain update, a clause that goes on after {@code and}
     * @throws CheckpointException if the factors are none of a plain update
     */
    FactorPair(AdapterUpdate update, Path file, String impossible) {
        this.update = update;
        this.file = file;
        this.impossible = impossible;
        if (update.magnitude().isPresent()) {
            throw refused("is a DoRA update, whose norm depends on the weight that it is for");
        }
        if (update.depth() > 0) {
            throw refused("is an update of several on one module, as of experts");
        }
        if (rank() != update.b().shape().dimension(1)) {
            throw refused("is an update of a convolution in groups");
        }
        for (AdapterTensor factor : List.of(update.a(), update.b())) {
            if (!DTypeConversion.isSupported(factor.dtype(), DType.F64)
                    || !factor.dtype().isFloatingPoint()) {
                throw refused("has factors of " + factor.dtype());
            }
            if (factor.shape().elementCount() > Matrices.MOST) {
                throw refused("has a factor of more than " + Matrices.MOST + " elements");
            }
        }
    }

    AdapterUpdate update() {
        return update;
    }

    int rank() {
        return Math.toIntExact(update.a().shape().dimension(0));
    }

    /** What is kept and lost; reads the factors. */
    SingularValues singularValues() throws IOException {
        return spectrum().values();
    }

    /** Its {@code B}, {@code [out, rank]}. */
    double[] b() throws IOException {
        return Matrices.read(update.b().value());
    }

    /** Its {@code A}, {@code [rank, in]}. */
    double[] a() throws IOException {
        return Matrices.read(update.a().value());
    }

    private Spectrum spectrum() throws IOException {
        try {
            return Spectrum.of(b(), a(), rank());
        } catch (ArithmeticException failure) {
            throw new CheckpointException(
                    Reason.MALFORMED,
                    file,
                    "the update of `" + update.module() + "` cannot be taken apart: " + failure.getMessage(),
                    "save the adapter again, of a training that did not diverge");
        }
    }

    ResizedUpdate described(int rank, SingularValues found) {
        return new ResizedUpdate(update.module(), update.target(), rank(), rank, found.lostAt(rank));
    }

    /** The factors at a rank, in the place of those that are there; they are computed when the first of them is written. */
    Map<AdapterTensor, LazyTensor> resized(int rank) {
        if (rank == rank()) {
            return Map.of();
        }
        AdapterTensor a = update.a();
        AdapterTensor b = update.b();
        List<ComputedTensor> both = LazyTensors.joint(
                List.of(a.value(), b.value()), List.of(output(a, 0, rank), output(b, 1, rank)), () -> {
                    Spectrum parts = spectrum();
                    return List.of(Matrices.data(parts.a(rank), a.dtype()), Matrices.data(parts.b(rank), b.dtype()));
                });
        return Map.of(a, both.get(0), b, both.get(1));
    }

    private static Output output(AdapterTensor factor, int axis, int rank) {
        return new Output(
                "resize to rank " + rank, factor.dtype(), factor.shape().with(axis, rank));
    }

    private CheckpointException refused(String what) {
        return new CheckpointException(
                Reason.UNSUPPORTED,
                file,
                "`" + update.module() + "` " + what + ", and " + impossible,
                "merge the adapter with lora-merge, or use it as it is");
    }
}
