package io.graft.djl.modified;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import io.graft.model.parametrization.Form.ScaledCodes;
import io.graft.torchscript.ScriptKernels;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What kernels need of quantized weights beside their codes, made when a weight is first used, and freed when neither the model nor a
 * forward uses it any more. Used by many threads.
 */
final class PreparedWeights {
    private final NDManager parent;
    private final Map<Parameter, KernelCodes> made = new HashMap<>();
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
     * The codes of a weight as kernels take them.
     *
     * @param arrays of what the stack owns; their scope is for what is computed on the way
     * @return empty if it has none
     */
    Optional<KernelCodes> of(ParametrizationStack stack, ParametrizationStack.Arrays arrays) {
        return stack.codes().map(form -> of(form, stack, arrays));
    }

    private synchronized KernelCodes of(
            ScaledCodes form, ParametrizationStack stack, ParametrizationStack.Arrays arrays) {
        if (manager == null) {
            manager = parent.newSubManager();
        }
        return made.computeIfAbsent(stack.parameter(), absent -> KernelCodes.of(form, stack, arrays, manager));
    }

    synchronized Map<Parameter, KernelCodes> made() {
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
