package io.graft.djl.commit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.graft.RollBackException;
import io.graft.ValueWatch;
import io.graft.djl.array.BaseArray;
import io.graft.djl.overwrite.Crew;
import io.graft.djl.overwrite.Overwriter;
import io.graft.djl.overwrite.SpillFile;
import io.graft.djl.overwrite.UndoLog;
import io.graft.djl.tree.BlockTensor;
import io.graft.model.DraftTensor;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Values and flags of parameters, changed in place and put back; closed when they stay. */
public final class InPlace implements AutoCloseable {
    private final List<Values> values;
    private final List<Flag> flags;
    private final ValueWatch watch;
    private final Crew crew = new Crew();
    private final UndoLog undo;

    /** New values of a parameter, of its own dtype and shape. */
    public record Values(Parameter parameter, DraftTensor tensor) {
        /** Whether any input is a live tensor, which another change may overwrite first. */
        private boolean readModel() {
            return tensor.written().sources().anyMatch(BlockTensor.class::isInstance);
        }
    }

    /** New trainability of a parameter. */
    public record Flag(String name, Parameter parameter, boolean trainable) {}

    /**
     * @param watch sees the values on their way
     */
    public InPlace(List<Values> values, List<Flag> flags, ValueWatch watch) {
        this(values, flags, watch, true);
    }

    /**
     * @param keeps whether old values are kept, to be put back
     */
    InPlace(List<Values> values, List<Flag> flags, ValueWatch watch, boolean keeps) {
        this.undo = new UndoLog(crew, keeps);
        this.values = List.copyOf(values);
        this.flags = List.copyOf(flags);
        this.watch = watch;
    }

    /**
     * Changes all of them, on the thread that {@link Crew#lead} gives. What fails leaves them to be undone.
     *
     * @throws IOException if new values cannot be read, or old ones not be saved
     */
    public void carryOut() throws IOException {
        try (SpillFile ahead = new SpillFile();
                Overwriter overwriter = new Overwriter(crew, undo)) {
            // Values that come from this model are read before any of them is overwritten.
            IdentityHashMap<Values, TensorData> readAhead = new IdentityHashMap<>();
            for (Values change : values) {
                if (change.readModel()) {
                    readAhead.put(change, ahead.append(materialize(change)));
                    watch.settle(change.tensor());
                }
            }
            for (Values change : values) {
                TensorData read = readAhead.get(change);
                makeRoom(change);
                overwriter.write(
                        change.tensor().name(),
                        change.parameter().getArray(),
                        read == null ? materialize(change) : read);
            }
            overwriter.finish();
            watch.settle(values.stream().map(Values::tensor).toList());
            for (Flag change : flags) {
                undo.saveFlags(change.name(), change.parameter());
                change.parameter().freeze(!change.trainable());
            }
        }
    }

    private void makeRoom(Values change) {
        if (BaseArray.isAbsent(change.parameter())) {
            undo.saveAbsence(change.tensor().name(), change.parameter());
            BaseArray.makeRoom(change.parameter());
        }
    }

    /**
     * Gives up the values of parameters that something else holds from now on; they wait to be put back.
     *
     * @param parameters by their names
     * @throws IOException if the values cannot be saved
     */
    void giveUp(Map<String, Parameter> parameters) throws IOException {
        for (Map.Entry<String, Parameter> each : parameters.entrySet()) {
            undo.saveArray(each.getKey(), each.getValue());
            BaseArray.giveUp(each.getValue());
        }
    }

    private TensorData materialize(Values change) throws IOException {
        try {
            return watch.materialize(change.tensor());
        } finally {
            Crew.forgetInterrupt();
        }
    }

    /**
     * Puts everything back; nothing is left to be undone then.
     *
     * @throws RollBackException if a tensor is not as it was
     */
    public void undo() {
        undo.undo();
    }

    /** A gradient that stays behind would be applied at the first step after the parameter is trained again. */
    public void clearGradients() {
        flags.stream()
                .filter(change -> !change.trainable() && !BaseArray.isAbsent(change.parameter()))
                .forEach(change -> clearGradient(change.parameter()));
    }

    private static void clearGradient(Parameter frozen) {
        NDArray array = frozen.getArray();
        array.setRequiresGradient(true); // DJL hands out gradients of such arrays only
        try (NDArray gradient = array.getGradient();
                NDManager scope = array.getManager().newSubManager(array.getDevice())) {
            gradient.set(new NDIndex("..."), scope.zeros(new Shape(), gradient.getDataType()));
        } finally {
            array.setRequiresGradient(false);
        }
    }

    /** Gives up what old values were kept in. */
    @Override
    public void close() {
        try (crew;
                undo) {
            // Both are closed, whatever happens to either.
        }
    }
}
