package io.graft.training.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What an optimizer remembers of one parameter. */
public final class ParameterState {
    private final NDManager manager;
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();
    private long steps;

    /**
     * @param manager owns the arrays
     */
    ParameterState(NDManager manager) {
        this.manager = manager;
    }

    /** How many steps the parameter has made. */
    public long steps() {
        return steps;
    }

    /** The arrays that there are, by slot. */
    public Map<String, NDArray> arrays() {
        return Collections.unmodifiableMap(arrays);
    }

    Optional<NDArray> find(String slot) {
        return Optional.ofNullable(arrays.get(slot));
    }

    /** The array of a slot, which is made if there is none. */
    NDArray get(String slot, Supplier<NDArray> first) {
        return arrays.computeIfAbsent(slot, same -> kept(first.get()));
    }

    private NDArray kept(NDArray array) {
        array.attach(manager);
        return array;
    }

    void countStep() {
        steps++;
    }

    /** Takes the place of what there was. */
    void set(long newSteps, Map<String, NDArray> newArrays) {
        arrays.values().forEach(NDArray::close);
        arrays.clear();
        newArrays.forEach((slot, array) -> arrays.put(slot, kept(array)));
        steps = newSteps;
    }
}
