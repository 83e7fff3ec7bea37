package io.graft.djl.modified;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import io.graft.torchscript.ScriptKernels;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * What kernels need of quantized weights beside their codes, made when a weight is first used, and freed when neither the model nor a
 * forward uses it any more. Used by many threads.
 */
final class PreparedWeights {
    private final NDManager parent;
    private final Map<Parameter, QuantizedWeight> made = new HashMap<>();
    private final Map<Parameter, Use> restored = new HashMap<>();
    private NDManager manager;
    private int users = 1;

    /** What becomes of codes that no kernel multiplies with. */
    enum Use {
        ROWS(ScriptKernels.ROWS),
        WHOLE("dequantized as a whole for each forward");

        private final String words;

        Use(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    PreparedWeights(NDManager parent) {
        this.parent = parent;
    }

    /**
     * @param maker puts what it makes into a manager
     */
    synchronized QuantizedWeight of(Parameter weight, Function<NDManager, QuantizedWeight> maker) {
        if (manager == null) {
            manager = parent.newSubManager();
        }
        return made.computeIfAbsent(weight, absent -> maker.apply(manager));
    }

    synchronized Map<Parameter, QuantizedWeight> made() {
        return Map.copyOf(made);
    }

    /** Notes what a forward has made of codes. */
    synchronized void restored(Parameter weight, Use use) {
        restored.put(weight, use);
    }

    /** What forwards have made of codes, by weights. */
    synchronized Map<Parameter, Use> restored() {
        return Map.copyOf(restored);
    }

    synchronized PreparedWeights retain() {
        users++;
        return this;
    }

    synchronized void release() {
        if (--users == 0 && manager != null) {
            manager.close();
        }
    }
}
