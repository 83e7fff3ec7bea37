package io.graft.modifiers.lora;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.modifiers.lora.resize.ResizedUpdate;
import io.graft.modifiers.lora.resize.SingularValues;
import io.graft.modifiers.lora.resize.Spectrum;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

/**
 * The factors of one update that gets another rank. What is computed of them is kept only while one of the two is still to be written.
 */
final class FactorPair {
    private final LowRank update;
    private final Path file;
    private Spectrum spectrum;

    /**
     * @param file the adapter's, for messages
     * @throws CheckpointException if the factors are none of a plain update
     */
    FactorPair(LowRank update, Path file) {
        this.update = update;
        this.file = file;
        if (update.magnitude().isPresent()) {
            throw refused("is a DoRA update, whose norm depends on the weight that it is for");
        }
        if (update.depth() > 0) {
            throw refused("is an update of several on one module, as of experts");
        }
        if (rank() != update.b().shape().dimension(1)) {
            throw refused("is an update of a convolution in groups");
        }
        for (TensorEntry factor : List.of(update.a(), update.b())) {
            if (!DTypeConversion.isSupported(factor.dtype(), DType.F64)
                    || !factor.dtype().isFloatingPoint()) {
                throw refused("has factors of " + factor.dtype());
            }
            if (factor.shape().elementCount() > Integer.MAX_VALUE / Double.BYTES) {
                throw refused("has a factor of more than " + Integer.MAX_VALUE / Double.BYTES + " elements");
            }
        }
    }

    LowRank update() {
        return update;
    }

    int rank() {
        return Math.toIntExact(update.a().shape().dimension(0));
    }

    /** What is kept and lost; reads the factors, and keeps nothing of them. */
    SingularValues singularValues() throws IOException {
        return spectrum().values();
    }

    private Spectrum spectrum() throws IOException {
        try {
            return Spectrum.of(doubles(update.b()), doubles(update.a()), rank());
        } catch (ArithmeticException failure) {
            throw new CheckpointException(
                    Reason.MALFORMED,
                    file,
                    "the update of `" + update.module() + "` cannot be taken apart: " + failure.getMessage(),
                    "save the adapter again, of a training that did not diverge");
        }
    }

    ResizedUpdate resized(int rank, SingularValues found) {
        return new ResizedUpdate(update.module(), update.target(), rank(), rank, found.lostAt(rank));
    }

    /** A factor as it will be written. */
    OutputTensor output(TensorEntry factor, int rank) {
        if (rank == rank()) {
            return new OutputTensor(factor.name(), factor.dtype(), factor.shape(), factor::data);
        }
        boolean first = factor.name().equals(update.a().name());
        Shape shape = factor.shape().with(first ? 0 : 1, rank);
        return new OutputTensor(factor.name(), factor.dtype(), shape, () -> values(first, rank, factor.dtype()));
    }

    private synchronized TensorData values(boolean first, int rank, DType dtype) throws IOException {
        boolean other = spectrum != null;
        Spectrum parts = other ? spectrum : spectrum();
        spectrum = other ? null : parts;
        double[] values = first ? parts.a(rank) : parts.b(rank);
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(values);
        return new DTypeConversion(TensorData.of(bytes), DType.F64, dtype);
    }

    private static double[] doubles(TensorEntry factor) throws IOException {
        TensorData data = new DTypeConversion(factor.data(), factor.dtype(), DType.F64);
        double[] values = new double[Math.toIntExact(factor.shape().elementCount())];
        data.window(0, Math.toIntExact(data.byteCount()))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asDoubleBuffer()
                .get(values);
        return values;
    }

    private CheckpointException refused(String what) {
        return new CheckpointException(
                Reason.UNSUPPORTED,
                file,
                "`" + update.module() + "` " + what + ", and its rank cannot be changed",
                "merge the adapter with lora-merge, or use it as it is");
    }
}
