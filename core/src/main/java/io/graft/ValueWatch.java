package io.graft;

import io.graft.checkpoint.write.OutputTensor;
import io.graft.model.Change;
import io.graft.model.DraftTensor;
import io.graft.model.NamedTensorData;
import io.graft.model.TensorException;
import io.graft.model.Ties;
import io.graft.model.parametrization.Applied;
import io.graft.tensor.CastTensor;
import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Rounding;
import io.graft.tensor.TensorData;
import io.graft.tensor.ValueCount;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Watches the values of a plan's tensors on their way to files or a live model, where each is rounded once. What lies in a
 * checkpoint and stays as it is passes unseen.
 *
 * <p>While values are written, only doubt is raised, which costs little; what is in doubt of a tensor is read again and counted
 * before anything is published. Values that a cast makes infinite are told. That arithmetic makes others than numbers of numbers is an
 * error, also where some of what went in were none already, if these do not explain as many.
 */
public final class ValueWatch {
    private final Map<String, Rounding> roundings = new ConcurrentHashMap<>();
    private final Map<String, ValueCount> lost = new ConcurrentHashMap<>();
    private final Map<String, String> errors = new ConcurrentHashMap<>();

    /** Of one run, which may write files and a live model. */
    public ValueWatch() {}

    /**
     * The bytes of a tensor, as they are written.
     *
     * @throws TensorException if they cannot be had; so does what reads them
     */
    public TensorData materialize(DraftTensor tensor) throws TensorException {
        LazyTensor written = tensor.written();
        return NamedTensorData.of(tensor.name(), written, () -> watched(tensor, written));
    }

    private TensorData watched(DraftTensor tensor, LazyTensor written) throws IOException {
        if (written instanceof CastTensor cast) {
            return cast.materialize(rounding(tensor, cast.source()));
        }
        boolean watched = isComputed(written) && isRealFloat(written.dtype());
        return watched
                ? new DTypeConversion(
                        written.materialize(), written.dtype(), written.dtype(), rounding(tensor, written))
                : written.materialize();
    }

    /** The tensors of a state dict as a writer takes them, without those that it has under names that no file lists. */
    public List<OutputTensor> outputs(List<DraftTensor> tensors) {
        Ties ties = Ties.of(tensors);
        return tensors.stream()
                .filter(ties::isWritten)
                .map(tensor -> output(tensor, ties))
                .toList();
    }

    private OutputTensor output(DraftTensor tensor, Ties ties) {
        LazyTensor written = tensor.written();
        return OutputTensor.of(tensor.name(), written, () -> materialize(tensor), ties.writtenBefore(tensor));
    }

    /**
     * Counts what was lost of a tensor that was written, if there is doubt. What it is computed from must be there still.
     *
     * @throws IOException if its values cannot be read again
     */
    public void settle(DraftTensor tensor) throws IOException {
        Rounding rounding = roundings.get(tensor.name());
        if (rounding == null || !rounding.isDoubtful() || lost.containsKey(tensor.name())) {
            return;
        }
        LazyTensor value = tensor.base();
        TensorData data = NamedTensorData.of(tensor.name(), value, value::materialize);
        // What lies somewhere may have others than numbers without a doubt, which are no finite values that could be
        // lost.
        ValueCount count = isComputed(value)
                ? ValueCount.of(data, value.dtype(), tensor.dtype(), rounding.doubtful())
                : ValueCount.of(data, value.dtype(), tensor.dtype());
        lost.put(tensor.name(), count);
        long explained = isComputed(value) && count.notFinite() > 0 ? explained(value) : Long.MAX_VALUE;
        if (count.notFinite() > explained) {
            errors.put(tensor.name(), arising(tensor, count.notFinite(), explained) + by(value));
        } else if (count.overflowing() > 0 && !isMereCast(tensor)) {
            errors.put(tensor.name(), count.overflow(tensor.name()) + by(value));
        }
    }

    /**
     * Counts what was lost of all tensors.
     *
     * @throws ValuesLostException if arithmetic lost any
     * @throws PrecisionLostException if a storage lost more than is allowed
     */
    public void settle(List<DraftTensor> tensors) throws IOException {
        List<String> found = new ArrayList<>();
        for (DraftTensor tensor : tensors) {
            settle(tensor);
            Optional.ofNullable(errors.get(tensor.name())).ifPresent(found::add);
        }
        if (!found.isEmpty()) {
            throw new ValuesLostException(found);
        }
        requirePrecision(tensors);
    }

    /**
     * Holds what storages lose to what is allowed, as far as their codes were read.
     *
     * @throws PrecisionLostException if one loses more
     */
    public static void requirePrecision(List<DraftTensor> tensors) throws PrecisionLostException {
        List<String> lossy = new ArrayList<>();
        for (DraftTensor tensor : tensors) {
            tensor.storage()
                    .map(Applied::parametrization)
                    .ifPresent(storage -> storage.loss()
                            .filter(loss -> loss.measured().orElse(0) > loss.allowed())
                            .ifPresent(loss -> lossy.add(String.format(
                                    Locale.ROOT,
                                    "`%s`: as %s, values are off by %.3g of their norm, and no more than %s is allowed",
                                    tensor.name(),
                                    storage.description(),
                                    loss.measured().orElseThrow(),
                                    loss.allowed()))));
        }
        if (!lossy.isEmpty()) {
            throw new PrecisionLostException(lossy);
        }
    }

    /** What became of these tensors' values, of those of which there is anything to tell. */
    public List<RoundedTensor> rounded(List<DraftTensor> tensors) {
        List<RoundedTensor> rounded = new ArrayList<>();
        for (DraftTensor tensor : tensors) {
            Rounding rounding = roundings.get(tensor.name());
            Optional<ValueCount> count =
                    Optional.ofNullable(lost.get(tensor.name())).filter(found -> found.overflowing() > 0);
            if (rounding != null && (rounding.maxRelativeError().isPresent() || count.isPresent())) {
                rounded.add(new RoundedTensor(tensor.name(), rounding.maxRelativeError(), count));
            }
        }
        return rounded;
    }

    private Rounding rounding(DraftTensor tensor, LazyTensor value) {
        return roundings.computeIfAbsent(
                tensor.name(),
                name -> new Rounding(
                        tensor.changes().stream().anyMatch(Change.Cast.class::isInstance), isComputed(value)));
    }

    private static boolean isComputed(LazyTensor value) {
        return !value.inputs().isEmpty();
    }

    private static boolean isRealFloat(DType dtype) {
        return dtype.isFloatingPoint() && DTypeConversion.isSupported(dtype, dtype);
    }

    /** Whether somebody asked for another dtype, and for no arithmetic in the old one. */
    private static boolean isMereCast(DraftTensor tensor) {
        return tensor.changes().stream().anyMatch(Change.Cast.class::isInstance)
                && tensor.changes().stream().noneMatch(Change.Folded.class::isInstance);
    }

    /**
     * How many of a computed tensor's values may be NaN or infinite since what it is computed from is: one for each in a tensor of
     * its own shape, and all for one in any other, which may reach every value.
     */
    private static long explained(LazyTensor value) throws IOException {
        long explained = 0;
        for (LazyTensor source : value.sources().distinct().toList()) {
            long notFinite = notFinite(source);
            if (notFinite > 0 && !source.shape().equals(value.shape())) {
                return Long.MAX_VALUE;
            }
            explained += notFinite;
        }
        return explained;
    }

    private static long notFinite(LazyTensor source) throws IOException {
        return source.dtype().isFloatingPoint() && DTypeConversion.isSupported(source.dtype(), DType.F64)
                ? ValueCount.of(source.materialize(), source.dtype(), DType.F64).notFinite()
                : 0;
    }

    private static String arising(DraftTensor tensor, long notFinite, long explained) {
        String found = "`" + tensor.name() + "`: " + notFinite + " of "
                + tensor.shape().elementCount() + " values ";
        return explained == 0
                ? found + "became NaN or infinite"
                : found + "are NaN or infinite, and only " + explained + " of what they are computed from";
    }

    private static String by(LazyTensor value) {
        return value instanceof ComputedTensor computed ? ": " + computed.operation() : "";
    }
}
