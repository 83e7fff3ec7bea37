package io.graft.djl.program;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractSymbolBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.ParameterList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.graft.djl.operators.InPlaceCopy;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * A program as a block that asks for some of its weights, as native layers do, whatever its code does with them: before each run the
 * arrays that the code reads get the values that it is given, in place. Gradients flow to what they were computed from.
 *
 * <p>One forward of training at a time: the next one takes the weights of the one before, whose gradients must be taken by then. Used by
 * many threads in inference.
 */
final class RecomputedProgram extends AbstractSymbolBlock {
    private final Block program;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();

    /** By the name that the program has for a weight. */
    private Map<String, Place> places = Map.of();

    /** The arrays whose values the weights have, by the name. */
    private final Map<String, NDArray> held = new HashMap<>();

    /**
     * A weight that is computed.
     *
     * @param own the program's, which its code reads
     * @param base what stands in its place for everybody else
     */
    record Place(Parameter own, Parameter base) {}

    RecomputedProgram(Block program) {
        this.program = program;
    }

    /** The program that the engine runs. */
    static Block engines(Block block) {
        return block instanceof RecomputedProgram recomputed ? recomputed.program : block;
    }

    /** The weights that are computed, by their names. */
    Map<String, Place> places() {
        return places;
    }

    /** Has other weights be computed; one that is no more keeps what it was given last. */
    void place(Map<String, Place> now) {
        alone(() -> {
            places = Map.copyOf(now);
            held.clear();
            return null;
        });
    }

    /** Gives a weight the values of its base, which do not take its gradients then. */
    void rest(Place place) {
        alone(() -> {
            still(place, place.base().getArray());
            held.clear();
            return null;
        });
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        return training ? train(store, inputs, params) : infer(store, inputs, params);
    }

    private NDList train(ParameterStore store, NDList inputs, PairList<String, Object> params) {
        return alone(() -> {
            held.clear();
            places.values().forEach(place -> InPlaceCopy.copy(place.own().getArray(), value(place, store, true)));
            return program.forward(store, inputs, true, params);
        });
    }

    private NDList infer(ParameterStore store, NDList inputs, PairList<String, Object> params) {
        Map<String, NDArray> wanted = new LinkedHashMap<>();
        places.forEach((name, place) -> wanted.put(name, value(place, store, false)));
        Supplier<NDList> run = () -> program.forward(store, inputs, false, params);
        lock.readLock().lock();
        try {
            if (holds(wanted)) {
                return run.get();
            }
        } finally {
            lock.readLock().unlock();
        }
        lock.writeLock().lock();
        try {
            take(wanted);
            // Before it is free, so that nobody gives it other values meanwhile.
            lock.readLock().lock();
        } finally {
            lock.writeLock().unlock();
        }
        try {
            return run.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    private static NDArray value(Place place, ParameterStore store, boolean training) {
        Device device = place.own().getArray().getDevice();
        return store.getValue(place.base(), device, training);
    }

    private boolean holds(Map<String, NDArray> wanted) {
        return wanted.entrySet().stream().allMatch(each -> holds(each.getKey(), each.getValue()));
    }

    /** What is computed for inference stays as it is; a parameter's own values may change. */
    private boolean holds(String name, NDArray value) {
        Place place = places.get(name);
        return place == null
                || (value == place.base().getArray()
                        ? place.own().getArray().contentEquals(value)
                        : held.get(name) == value);
    }

    private void take(Map<String, NDArray> wanted) {
        wanted.forEach((name, value) -> {
            if (!holds(name, value)) {
                still(places.get(name), value);
                held.put(name, value);
            }
        });
    }

    private static void still(Place place, NDArray value) {
        try (NDArray values = value.stopGradient()) {
            InPlaceCopy.copy(place.own().getArray(), values);
        }
    }

    private <T> T alone(Supplier<T> action) {
        lock.writeLock().lock();
        try {
            return action.get();
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** {@inheritDoc} The program's, with bases in the place of weights that are computed. */
    @Override
    public ParameterList getDirectParameters() {
        ParameterList parameters = new ParameterList();
        program.getDirectParameters().forEach(pair -> {
            Place place = places.get(pair.getKey());
            parameters.add(pair.getKey(), place == null ? pair.getValue() : place.base());
        });
        return parameters;
    }

    @Override
    public boolean isInitialized() {
        return program.isInitialized();
    }

    @Override
    public PairList<String, Shape> describeInput() {
        return program.describeInput();
    }

    @Override
    public Shape[] getInputShapes() {
        return program.getInputShapes();
    }

    @Override
    public DataType[] getOutputDataTypes() {
        return program.getOutputDataTypes();
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return program.getOutputShapes(inputs);
    }

    /** {@inheritDoc} The program with the bases of weights that are computed. */
    @Override
    public void saveParameters(DataOutputStream out) throws IOException {
        lock.writeLock().lock();
        try {
            places.values().forEach(place -> still(place, place.base().getArray()));
            held.clear();
            program.saveParameters(out);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /**
     * @throws UnsupportedOperationException always: the program of a file has arrays of its own
     */
    @Override
    public void loadParameters(ai.djl.ndarray.NDManager manager, DataInputStream in) {
        throw new UnsupportedOperationException(
                "a program that computes weights in place cannot take another one's place: load that into a model of its own, and modify"
                        + " it again");
    }

    @Override
    public void clear() {
        program.clear();
    }
}
